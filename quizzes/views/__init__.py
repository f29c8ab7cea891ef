"""Doors of the quiz engine, by whom they are for."""
