"""Addresses of the units, by noun."""
