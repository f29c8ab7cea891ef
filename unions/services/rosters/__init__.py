"""Lists of cadres from the offices' Excel: received, read, looked at and decided, then written as a whole or not at all; and written out again."""
