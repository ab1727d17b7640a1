"""The efforts, and which goals and partners they serve."""
