"""The question bank in Wagtail's editor, by what is edited."""
