"""Findings: computed frames -> the sentences a reader reads first, and the alt text of every picture."""
