"""Pictures and tables of the efforts."""
