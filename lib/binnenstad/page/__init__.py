"""Blocks of a notebook -> one self-contained, accessible file."""
