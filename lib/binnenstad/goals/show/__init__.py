"""Pictures and tables of goals: computed frames -> what a council member can read, wide and on a phone.

Each picture is drawn twice, for a page and for a phone, because a wide chart
scaled to a phone has letters of 6 px. Style sheets show one of the two.
Text stays text; colours come last, after shape and word.
"""
