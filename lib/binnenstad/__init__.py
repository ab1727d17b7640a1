"""Analysis and reporting for Dutch city-centre programmes.

Goals, costs and one page for the council: from a checked programme folder to
accessible HTML reports. Start with ``binnenstad.programme.read_programme``.
"""

__version__ = "0.1.0"
