"""What changes in auth: one function, one transaction."""
