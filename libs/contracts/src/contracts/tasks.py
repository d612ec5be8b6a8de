"""Ids of tasks: who sees one can tell whether it was given to its owner, before anything is known of the task.

A post over a socket is acknowledged with its task as soon as the broker has the command. Who asks for the task right
then may be faster than the command is; so the id shows that there will be such a task, and since when.
"""

import hmac
import os
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

# A version 8 UUID (RFC 9562 section 5.8): milliseconds, as in version 7, then chance, then what signs both.
TIME_BYTES, CHANCE_BYTES, SIGNATURE_BYTES = 6, 4, 6


def new_task_id(secret: bytes, owner_id: int, now: datetime) -> UUID:
    """Return an id for a task that *owner_id* begins; *secret* is what services share."""
    chance = bytearray(os.urandom(CHANCE_BYTES))
    chance[0] = 0x80 | chance[0] & 0x0F
    chance[2] = 0x80 | chance[2] & 0x3F
    said = int(now.timestamp() * 1000).to_bytes(TIME_BYTES) + bytes(chance)
    return UUID(bytes=said + _signature(secret, owner_id, said))


def is_task_of(secret: bytes, task_id: UUID, owner_id: int) -> bool:
    """Whether *task_id* was given to *owner_id*."""
    said, signature = task_id.bytes[:-SIGNATURE_BYTES], task_id.bytes[-SIGNATURE_BYTES:]
    return hmac.compare_digest(signature, _signature(secret, owner_id, said))


def begun_at(task_id: UUID) -> datetime:
    """Return when an id that `new_task_id` made was made."""
    return datetime.fromtimestamp(int.from_bytes(task_id.bytes[:TIME_BYTES]) / 1000, UTC)


def _signature(secret: bytes, owner_id: int, said: bytes) -> bytes:
    return hmac.digest(secret, b"task of %d " % owner_id + said, sha256)[:SIGNATURE_BYTES]
