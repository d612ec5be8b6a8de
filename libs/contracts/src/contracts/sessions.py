"""What happens to login sessions."""

from dataclasses import dataclass
from typing import ClassVar

from contracts.event import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionRevoked(Event):
    """A session ended before its tokens did; none of them may be accepted any more.

    Attributes:
        expires_at: When its last token runs out by itself, in epoch seconds; the revocation may be forgotten then.
    """

    type: ClassVar[str] = "session.revoked.v1"
    broadcast: ClassVar[bool] = True

    session_id: str
    user_id: int
    expires_at: int
