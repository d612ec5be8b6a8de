"""Users, messages and tasks."""
