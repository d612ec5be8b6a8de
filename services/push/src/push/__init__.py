"""The Socket.IO gateway that pushes every change to every client."""
