"""A programme folder: found, read, checked against the contract, and given to the notebooks."""
