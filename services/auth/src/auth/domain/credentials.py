"""What is said of nicknames and passwords that do not belong together."""


class UnknownCredentialsError(Exception):
    """Nobody has these credentials, or not any more."""


class InvalidCredentialsError(Exception):
    """Nickname and password do not belong together."""
