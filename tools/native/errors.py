"""What can keep Flack from running here; each message is one line for the person at the terminal."""


class NativeError(Exception):
    """Flack cannot run, or go on running, on this machine."""


class HomeTakenError(NativeError):
    """Another runner holds this home folder."""


class PortTakenError(NativeError):
    """The port that was asked for cannot be had."""


class MissingProgramError(NativeError):
    """A program is missing and cannot be installed from here."""


class CommandFailedError(NativeError):
    """A program that had to succeed did not."""


class NotReadyError(NativeError):
    """A process ended, or did not become ready in time."""


class UnreachableFolderError(NativeError):
    """PostgreSQL's user cannot be let into the folder of its data."""
