"""Posts that may be sent again: the same key and source are the same post."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from messages.commands.limits import Limit, use_up
from messages.commands.messages import Draft, post_message
from messages.commands.tasks import task_row
from messages.domain import IdempotencyKeyReusedError, RequestInFlightError, TaskKind, TooManyWritesError, digest_of
from messages.models import Message, Task


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """What a post is answered with, the first time and every other: the message as it was then, and its task."""

    message: Message
    task_id: UUID


def post_once(session: Session, draft: Draft) -> Posted:
    """Post a message, unless the author has done so with the key of *draft*, which has one.

    Raises:
        RequestInFlightError: The first one is being stored right now.
        IdempotencyKeyReusedError: The first one had another source.
        UnknownUserError: There is no such author.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(_lock_of(draft)))):
        raise RequestInFlightError("A request with this Idempotency-Key is being handled.")
    first = session.scalar(select(Task).where(Task.owner_id == draft.author_id, Task.idempotency_key == draft.key))
    if first is None:
        return Posted(message=post_message(session, draft), task_id=draft.task_id)
    if first.source_digest != digest_of(draft.source) or first.message_id is None:
        raise IdempotencyKeyReusedError("This Idempotency-Key was used for another message.")
    return Posted(message=draft.posted_as(first.message_id, at=first.created_at), task_id=first.id)


def post_from_socket(session: Session, draft: Draft, limit: Limit | None = None) -> None:
    """Post what somebody was promised a task for: it tells of the first post with its key, or why there is none.

    Args:
        limit: How much the author may write; None is no limit.

    Raises:
        UnknownUserError: There is no such author.
    """
    try:
        if limit is not None:
            use_up(session, user_id=draft.author_id, limit=limit, now=draft.now)
    except TooManyWritesError as error:
        _refuse(session, draft, "limited", answer=str(error.retry_after_seconds))
        return
    if draft.key is None:
        post_message(session, draft)
        return
    # Nobody waits for an answer here, so whoever holds the lock is waited for.
    session.execute(select(func.pg_advisory_xact_lock(_lock_of(draft))))
    try:
        posted = post_once(session, draft)
    except IdempotencyKeyReusedError:
        _refuse(session, draft, "refused")
        return
    if posted.task_id != draft.task_id:
        _follow(session, posted, draft)


def _refuse(session: Session, draft: Draft, kind: TaskKind, *, answer: str | None = None) -> None:
    refused = {"id": draft.task_id, "kind": kind, "owner_id": draft.author_id, "created_at": draft.now}
    session.execute(insert(Task).values({**refused, "done": True, "answer": answer}))


def _follow(session: Session, posted: Posted, draft: Draft) -> None:
    # Whoever renders or deletes the message changes it first, and its tasks then: they do so before us, or see ours.
    message = session.get_one(Message, posted.message.id, with_for_update={"read": True})
    first = session.get_one(Task, posted.task_id)
    again = task_row("post", posted.message, task_id=draft.task_id, now=draft.now)
    state = {"done": True, "answer": None} if message.deleted else {"done": first.done, "answer": first.answer}
    session.execute(insert(Task).values({**again, **state}))


def _lock_of(draft: Draft) -> int:
    """Return the number by which Postgres locks a key; whom chance gives the same one only wait for each other."""
    return int.from_bytes(digest_of(f"{draft.author_id} {draft.key}")[:8], signed=True)
