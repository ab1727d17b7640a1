"""What can be said about the goals, one sentence each."""
