"""What changes of signing keys."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from sqlalchemy import delete, func, or_, select, text, update
from sqlalchemy.orm import Session

from auth.keyring import READ_SECONDS, opened
from auth.models import LoginSession, SigningKey
from auth.signing import Signer
from chassis.jwks import REFRESH_SECONDS
from chassis.tokens import LEEWAY_SECONDS

# Two replicas that start at the same time make one key.
LOCK = text(f"SELECT pg_advisory_xact_lock({0x7369676E})")

# From a key's publication until everybody knows it, whose clocks may differ.
PUBLISHED_BEFORE = timedelta(seconds=REFRESH_SECONDS + READ_SECONDS + 2 * LEEWAY_SECONDS)
# Those that verify nothing any more are kept for so long, for whoever wonders.
RETIRED_KEPT = timedelta(days=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rotation:
    """What a rotation leads to.

    Attributes:
        signs_from: When the new key begins to sign.
        trusted_until: When those before it verify tokens no more.
    """

    kid: str
    signs_from: datetime
    trusted_until: datetime


def ensure_key(session: Session, sealing: Fernet, *, now: datetime) -> None:
    """Make the first key, or one in place of keys that *sealing* cannot open."""
    session.execute(LOCK)
    rows = session.scalars(select(SigningKey).where(SigningKey.trusted_until.is_(None)))
    if not any(opened(row, sealing).signer for row in rows):
        _add(session, Signer.generate(), sealing, signs_from=now)


def rotate(
    session: Session, sealing: Fernet, *, token_lifetime: timedelta, is_compromised: bool, now: datetime
) -> Rotation:
    """Publish a new key; it signs once everybody knows it, and the others retire with the last of their tokens.

    Args:
        is_compromised: Whether the others are to retire at once when the new one signs, and all their tokens with them.
    """
    session.execute(LOCK)
    signs_from = now + PUBLISHED_BEFORE
    # Tokens may have been given for longer than they would be now.
    longest = session.scalar(select(func.max(LoginSession.tokens_expire_at))) or now
    last = max(signs_from + token_lifetime, longest) + timedelta(seconds=2 * LEEWAY_SECONDS)
    trusted_until = signs_from if is_compromised else last
    # Those that are about to retire, too, if there is no time for that.
    others = or_(SigningKey.trusted_until.is_(None), SigningKey.trusted_until > trusted_until)
    session.execute(update(SigningKey).where(others).values(trusted_until=trusted_until))
    session.execute(delete(SigningKey).where(SigningKey.trusted_until < now - RETIRED_KEPT))
    signer = Signer.generate()
    _add(session, signer, sealing, signs_from=signs_from)
    return Rotation(kid=signer.kid, signs_from=signs_from, trusted_until=trusted_until)


def _add(session: Session, signer: Signer, sealing: Fernet, *, signs_from: datetime) -> None:
    row = SigningKey(
        kid=signer.kid,
        public_key=json.dumps(signer.public_jwk),
        sealed_private_key=signer.sealed(sealing),
        signs_from=signs_from,
    )
    session.add(row)
