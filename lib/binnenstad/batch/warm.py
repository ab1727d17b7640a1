"""What every report needs before its first cell, done once: report processes fork from a server that imported this.

The order matters. Some libraries ask on import in what kind of shell they are and choose their
defaults by it, so the shell comes first; the import of a cell then finds what it would find in a kernel.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import pkgutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import binnenstad
from binnenstad.batch.processes import adopt_orphans, count_threads, end_all_below, stay_single

# what a kernel sets before anything draws
os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
# a library with threads of its own cannot be forked safely
stay_single()
# rooms no notebook enters, or whose libraries are slow and used by few
COLD = {"batch", "cli", "mail", "pdf", "posting", "sources", "telling"}


def _rooms() -> list[str]:
    """Return the modules of the library that notebooks import."""
    found = pkgutil.walk_packages(binnenstad.__path__, "binnenstad.", onerror=None)
    return [module.name for module in found if module.name.split(".")[1] not in COLD]


@contextmanager
def _kept() -> Iterator[None]:
    """Keep all that comes: the collector need not look at it, now or in a report, nor copy its pages there."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


with _kept():
    from binnenstad.batch.shell import Shell

    with Shell.instance().builtin_trap:
        for _name in ("pandas", "matplotlib", *_rooms(), "papermill", "binnenstad.batch.job"):
            importlib.import_module(_name)
        from binnenstad.page.blocks import headline
        from binnenstad.page.provenance import Provenance
        from binnenstad.page.render import checked_page
    # a first page finds and compiles the template, and reads the fonts
    checked_page([headline("-", "-")], Provenance("", "", "", {}, "", ""), "nl")
# what a report leaves running comes here, where the batch finds it; its end is no news
adopt_orphans()
if any("forkserver" in word for word in sys.orig_argv):
    # it ends with the batch; what a report of a batch that was killed had started then comes here at last
    atexit.register(end_all_below)
warnings.filterwarnings("ignore", message="forkserver: waitpid")
# a lock that another thread holds stays locked for ever in a forked process
SINGLE = count_threads() == 1
