"""Pictures and tables of money."""
