"""The reports of a period as a mailing uses them: each is read, compared and printed once, whoever gets it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

from binnenstad.mail.body import Body, compose_body
from binnenstad.mail.message import Recipient
from binnenstad.mail.outputs import titles
from binnenstad.mail.settings import Settings
from binnenstad.page.figures import figures, write_figures
from binnenstad.page.pdf import print_page
from binnenstad.page.summary import SUMMARISED, read_summary, summary_path
from binnenstad.words import Words


def overview(one: Recipient) -> str:
    """Return the file of the report that the mail to a recipient is made of."""
    return _file(SUMMARISED[0], one)


def behind(one: Recipient, settings: Settings) -> list[str]:
    """Return the files of the reports behind the mail to a recipient; a partner has its own page, never another's."""
    if one.audience == "partner":
        return [_file(SUMMARISED[1] + one.partner, one)]
    named = settings.reports.get(one.audience, SUMMARISED[:1]) if one.attachment != "none" else ()
    return [_file(report, one) for report in named]


def _file(report: str, one: Recipient) -> str:
    return f"{report}.html" if one.language == "nl" else f"{report}.{one.language}.html"


class Reports:
    """What the reports in the folder of a period hold, for a kind of recipient: one without id, name and address."""

    def __init__(self, place: Path, settings: Settings):
        self._place, self._settings = place, settings
        self.body, self.figures, self.attachments = cache(self._body), cache(self._figures), cache(self._attachments)
        self._summary = cache(lambda file: read_summary(summary_path(place / file)))
        self._held = cache(lambda file: figures((place / file).read_text(encoding="utf-8"), file))
        self._printed, self._titles = cache(print_page), cache(titles)

    def _figures(self, kind: Recipient) -> str:
        """Return the figures in the body of a mail and in the reports behind it; those of each file stand apart."""
        pieces = "".join(piece.html for piece in self._summary(overview(kind)).pieces)
        return write_figures([figures(pieces), *map(self._held, behind(kind, self._settings))])

    def _attachments(self, kind: Recipient) -> dict[str, bytes]:
        """Return each report that goes along, as it is or printed, by the name it gets; none where there are links."""
        files = {} if self._settings.link_base else self._named(kind)
        made = self._printed if kind.attachment == "pdf" else Path.read_bytes
        return {f"{name}.{kind.attachment}": made(path) for name, path in files.items()}

    def _body(self, kind: Recipient, news: tuple[str, ...] = ()) -> Body:
        """Return the body of a mail, told what was revised since the last one."""
        base, summary, own = self._settings.link_base.rstrip("/"), self._summary(overview(kind)), None
        if kind.audience == "partner":
            own = self._summary(behind(kind, self._settings)[0])
        links = {name: "/".join((base, *path.parts[-3:])) for name, path in self._named(kind).items() if base}
        said = {"attached": list(self.attachments(kind)), "links": links, "revised": news}
        said |= {"unsubscribe": self._settings.unsubscribe}
        return compose_body(summary, Words(kind.language), self._settings.domain, own, **said)

    def _named(self, kind: Recipient) -> dict[str, Path]:
        """Return the reports that go along by a name that any computer can keep, in the language of the recipient."""
        summary, named = self._summary(overview(kind)), dict[str, Path]()
        for file in behind(kind, self._settings) if kind.attachment != "none" else ():
            title = self._titles(self._place, kind.language)[file] or file.partition(".")[0]
            text = unicodedata.normalize("NFKD", f"{summary.programme} {summary.period} - {title}")
            name = re.sub(r"[^\w ().-]", "", text.encode("ascii", "ignore").decode())[:100].strip(" .")
            named[f"{name} {len(named) + 1}" if name in named else name] = self._place / file
        return named
