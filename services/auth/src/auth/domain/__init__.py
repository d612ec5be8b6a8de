"""The rules of logging in and staying logged in, without any I/O."""
