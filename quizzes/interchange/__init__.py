"""Formats of question files: each module reads and writes one, and knows nothing of the bank."""
