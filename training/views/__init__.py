"""Doors to the office, by noun. Papers are changed in the register."""
