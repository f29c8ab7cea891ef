"""Background work of the quiz engine. Each task takes ids and calls one service."""
