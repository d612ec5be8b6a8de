"""How a post or an edit went on."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from messages.domain import TaskNotFoundError
from messages.models import Message, Task


def task_of(session: Session, task_id: UUID) -> tuple[Task, Message]:
    """Return a task and the message that it is about.

    Raises:
        TaskNotFoundError: There is none of this id.
    """
    found = session.execute(
        select(Task, Message).join(Message, Task.message_id == Message.id).where(Task.id == task_id)
    ).one_or_none()
    if found is None:
        raise TaskNotFoundError(f"There is no task {task_id}.")
    return found[0], found[1]


def is_done(task: Task, message: Message) -> bool:
    """Whether what *task* began is rendered, or has been replaced by a later edit."""
    return message.status == "rendered" or message.source_version > task.source_version
