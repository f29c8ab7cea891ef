"""The demonstration: content that lives in demo/ as plain text, read and loaded once."""
