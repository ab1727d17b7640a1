"""Analysis and reporting for Dutch city-centre programmes.

Goals, costs and one page for the council: from a checked programme folder to
accessible HTML reports. Start with ``binnenstad.programme.read_programme``.
"""

import sys

__version__ = "0.1.0"

# jsonschema (below nbformat and papermill) compiles this grammar at import, for a format
# nothing here uses; it costs more than all other imports of a process together (docs/benchmarks.md)
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
