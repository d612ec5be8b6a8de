"""What happens to users, and the rule by which two nicknames are the same."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from contracts.event import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class UserUpdated(Event):
    """A user registered or changed; `model` is the user as REST shows it.

    Attributes:
        version: Grows with every change; 0 where it comes from a time in which users had none.
    """

    type: ClassVar[str] = "user.updated.v1"
    broadcast: ClassVar[bool] = True

    user_id: int
    model: Mapping[str, object]
    version: int = 0


def nickname_key(nickname: str) -> str:
    """Return what two nicknames share when they are the same but for case and composition (Unicode 3.13, D145)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", nickname).casefold())
