"""What can be said about money, one sentence each."""
