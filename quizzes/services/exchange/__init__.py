"""Question files in and out: received, read, judged, brought in; taken out. Page and command call the same functions of these modules."""
