"""How a post or an edit went on."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from messages.models import Message, Task


def find_task(session: Session, task_id: UUID) -> tuple[Task, Message | None] | None:
    """Return a task and the message that it is about, if there is one of either."""
    wanted = select(Task, Message).join(Message, Task.message_id == Message.id, isouter=True).where(Task.id == task_id)
    found = session.execute(wanted).one_or_none()
    return None if found is None else (found[0], found[1])


def done_tasks(session: Session, task_ids: Collection[UUID]) -> set[UUID]:
    """Return those of *task_ids* that are done."""
    return set(session.scalars(select(Task.id).where(Task.id.in_(task_ids), Task.done)))
