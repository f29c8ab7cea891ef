"""Backup, restore and the move between databases: one form of writing every table that both databases read and write (docs/backup.md).

Low to high: `errors`, `values` < `tables` < `sqlite`, `postgresql` < `databases`, `sealing`, `files` < `archive` < `checking`, `erased` < `making`, `restoring`, `moving`.
"""
