"""What auth answers over HTTP."""
