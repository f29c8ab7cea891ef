"""Forms of the units: the office's, and the editor's (`snippets`)."""
