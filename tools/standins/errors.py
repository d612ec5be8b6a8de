"""What can keep the images from this machine; each message is for the person at the terminal."""


class StandInError(Exception):
    """The images, or the engine for them, cannot be had here."""


class MissingPackageError(StandInError):
    """Something is missing, and cannot be installed from here."""


class CommandFailedError(StandInError):
    """A program that had to succeed did not, or took too long."""
