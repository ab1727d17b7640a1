"""What every report needs before its first cell, done once: report processes fork from a server that imported this.

The order matters. Some libraries ask on import in what kind of shell they are and choose their
defaults by it, so the shell comes first; the import of a cell then finds what it would find in a kernel.
"""

from __future__ import annotations

import gc
import importlib
import pkgutil

import binnenstad

# rooms no notebook enters, and a library that is slow and used by few
COLD = ("binnenstad.batch", "binnenstad.cli", "binnenstad.mail", "binnenstad.page.pdf")


def _import_all() -> None:
    # it loads the engines there are, ours too, and has to be there first
    import papermill  # noqa: F401

    from binnenstad.batch.engine import shell

    with shell().builtin_trap:
        for module in pkgutil.walk_packages(binnenstad.__path__, "binnenstad."):
            if not module.name.startswith(COLD):
                importlib.import_module(module.name)
    import nbformat

    from binnenstad.page.blocks import headline
    from binnenstad.page.provenance import Provenance
    from binnenstad.page.render import checked_page

    # the first notebook compiles the schema of notebooks; the first page the template and the names of signs, and
    # it reads the fonts
    nbformat.validate(nbformat.v4.new_notebook())
    checked_page([headline("&", "&")], Provenance("", "", "", {}, "", ""), "nl")


# the collector need not look at what comes and stays, now or in a report, nor copy its pages there
gc.disable()
_import_all()
gc.freeze()
gc.enable()
