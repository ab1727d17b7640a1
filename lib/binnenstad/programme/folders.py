"""Where things are: the folder with the programmes, and what lies beside it."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from binnenstad.words.errors import UsageError

DATA_VARIABLE = "BINNENSTAD_DATA"


def digest(content: bytes) -> str:
    """Return 16 hex digits that change with what a file holds."""
    return hashlib.sha256(content).hexdigest()[:16]


def data_root() -> Path:
    """Return the folder with the programmes: $BINNENSTAD_DATA, or ``data`` here, above, or in this checkout."""
    if os.environ.get(DATA_VARIABLE):
        return Path(os.environ[DATA_VARIABLE])
    here = Path.cwd()
    candidates = [folder / "data" for folder in (here, *here.parents, Path(__file__).resolve().parents[3])]
    return next((folder for folder in candidates if any(folder.glob("*/programme.toml"))), here / "data")


def find_programme(name: str, root: Path | None = None) -> Path:
    """Return the folder of a programme; raises ``UsageError`` for a name that is none, listing those there are."""
    root = root or data_root()
    known = sorted(path.parent.name for path in root.glob("*/programme.toml"))
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name) or name not in known:
        raise UsageError(
            "programme {name!r} is not in folder {folder}; known: {known}",
            name=name, folder=root.name, known=", ".join(known) or "-",
        )  # fmt: skip
    return root / name


def find_notebooks(root: Path) -> Path:
    """Return the folder with the notebooks of a project folder, or of this checkout if it has none."""
    own = root / "notebooks"
    return own if own.is_dir() else Path(__file__).resolve().parents[3] / "notebooks"
