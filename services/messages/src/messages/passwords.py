"""Which passwords are good enough (NIST SP 800-63B section 5.1.1.2: long, and not among the commonest)."""

from pathlib import Path
from typing import Final

MIN_PASSWORD_CHARS: Final = 8
MAX_PASSWORD_CHARS: Final = 128

# Of those that every list of leaked passwords begins with, the ones that are long enough.
COMMONEST: Final = frozenset(Path(__file__).with_name("commonest_passwords.txt").read_text(encoding="ascii").split())


def check_password(password: str) -> str:
    """Return *password* if it is not one of the first that anybody would try.

    Raises:
        ValueError: It is.
    """
    if password.casefold() in COMMONEST:
        raise ValueError("is one of the commonest passwords; please take another")
    return password
