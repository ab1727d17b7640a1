"""The batch: plan notebook x parameters, refuse bad ones, skip what is unchanged, run the rest, record.

Nothing is imported here: a command that finds nothing to do answers before pandas could be imported.
"""
