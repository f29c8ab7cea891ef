"""Certificates that were issued before, from the office's Excel: the file is read, looked at, and then brought in as a whole or not at all."""
