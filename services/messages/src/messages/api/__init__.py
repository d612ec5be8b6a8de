"""What clients ask over HTTP: a module a resource."""
