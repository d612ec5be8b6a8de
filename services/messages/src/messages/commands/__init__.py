"""What changes: one function, one transaction."""
