"""Income: the support vote, what instruments bring, until when, and what the law says of them.

One floor above ``allocation``, whose tariffs it charges, and below what a reader sees.
"""
