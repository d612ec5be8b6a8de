"""Plumbing that every Flack service stands on; it knows no event by name."""
