"""Marking: plain Python, no Django, no database. A mark is a fraction from 0 to 1."""
