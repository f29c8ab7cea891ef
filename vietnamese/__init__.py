"""What every app needs to know of the Vietnamese language: folding for search, alphabetical order of names, telephone numbers.

Plain Python, below every app (docs/adr/0002-vietnamese-floor.md).
"""
