-- a line goes planned -> busy -> sent | refused | uncertain, or back to planned; dropped once a newer mailing began;
-- bounced once the mail came back
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS {0}.mailings (
    period TEXT NOT NULL, number INTEGER NOT NULL, fingerprint TEXT NOT NULL, date TEXT NOT NULL,
    PRIMARY KEY (period, number)) STRICT;
CREATE TABLE IF NOT EXISTS {0}.lines (
    period TEXT NOT NULL, number INTEGER NOT NULL, recipient TEXT NOT NULL,
    content TEXT NOT NULL REFERENCES contents,
    address TEXT NOT NULL, state TEXT NOT NULL
    CHECK (state IN ('planned', 'busy', 'sent', 'refused', 'uncertain', 'dropped', 'bounced')), code TEXT NOT NULL,
    PRIMARY KEY (period, number, recipient),
    FOREIGN KEY (period, number) REFERENCES mailings) STRICT;
CREATE TABLE IF NOT EXISTS {0}.contents (content TEXT PRIMARY KEY, figures TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS {0}.bounces (digest TEXT PRIMARY KEY) STRICT;
PRAGMA {0}.user_version = 1;
COMMIT;
