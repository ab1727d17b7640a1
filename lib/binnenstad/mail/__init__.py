"""Mail: compose from the reports of a run, show it first, send each message at most once."""
