"""Doors to the units: the office's pages, and the editor's lists (`snippets`)."""
