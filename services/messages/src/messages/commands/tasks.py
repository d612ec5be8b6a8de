"""What changes of tasks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import BigInteger, Table, Text, any_, bindparam, case, delete, func, null, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from messages.domain import TASKS_KEPT, TaskKind, digest_of
from messages.models import Message, Task

PRUNED_AT_A_TIME = 500

TASKS = cast("Table", Task.__table__)
ANSWERS = (
    func.unnest(
        bindparam("ids", type_=ARRAY(BigInteger)),
        bindparam("source_versions", type_=ARRAY(BigInteger)),
        bindparam("answers", type_=ARRAY(Text)),
    )
    .table_valued("message_id", "source_version", "answer", name="answer")
    .render_derived()
)
# A post or an edit that was overtaken by a later edit is done with that one.
FINISH = (
    update(TASKS)
    .where(
        TASKS.c.message_id == ANSWERS.c.message_id,
        TASKS.c.source_version <= ANSWERS.c.source_version,
        ~TASKS.c.done,
    )
    .values(done=True, answer=case((TASKS.c.kind == "post", ANSWERS.c.answer), else_=null()))
)


def task_row(
    kind: TaskKind, message: Message, *, task_id: UUID, now: datetime, key: str | None = None
) -> dict[str, Any]:
    """Return the columns of the task that begins with *message* as it is now."""
    return {
        "id": task_id,
        "kind": kind,
        "owner_id": message.user_id,
        "message_id": message.id,
        "source_version": message.source_version,
        "created_at": now,
        "done": False,
        "idempotency_key": key,
        "source_digest": None if key is None else digest_of(message.source),
    }


def finish_tasks(session: Session, answers: Sequence[tuple[Any, str]]) -> None:
    """Keep what the tasks of messages that are rendered now answer from now on.

    Args:
        answers: Messages, and the JSON of each.
    """
    arrays = {
        "ids": [message.id for message, _ in answers],
        "source_versions": [message.source_version for message, _ in answers],
        "answers": [answer for _, answer in answers],
    }
    session.execute(FINISH, arrays)


def forget_answers(session: Session, message_id: int) -> None:
    """Keep nothing of what the tasks of a message answered; who follows one hears that the message is gone."""
    session.execute(update(Task).where(Task.message_id == message_id).values(done=True, answer=None))


def prune_tasks(session: Session, now: datetime) -> int:
    """Forget some tasks that are older than `TASKS_KEPT`, and their keys; return how many."""
    old = select(Task.id).where(Task.created_at < now - TASKS_KEPT).order_by(Task.created_at).limit(PRUNED_AT_A_TIME)
    gone = session.execute(delete(TASKS).where(TASKS.c.id == any_(func.array(old.scalar_subquery()))))
    return gone.rowcount  # type: ignore[attr-defined, no-any-return]  # a DELETE has one
