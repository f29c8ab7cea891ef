"""Addresses of the office, by noun."""
