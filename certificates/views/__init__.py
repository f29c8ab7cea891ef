"""Doors to the register: the holder's own papers, verification by strangers, the office."""
