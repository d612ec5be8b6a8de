"""Describes what is said without being asked, as AsyncAPI 3: the events between services, and Socket.IO."""
