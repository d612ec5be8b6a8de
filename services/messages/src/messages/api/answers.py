"""What posts and edits are answered: at once that they will be done, or that they are, for who would rather wait."""

from collections.abc import Collection
from uuid import UUID

from flask import Response, jsonify, make_response
from sqlalchemy.orm import Session, sessionmaker

from messages.api.headers import preferred_wait_seconds
from messages.api.tasks import answer_of, pending
from messages.api.waiting import Waiting
from messages.domain import TaskNotFoundError
from messages.models import Message
from messages.queries.tasks import done_tasks, find_task
from messages.resources import message_as_json


class Answers:
    """Answers of one process.

    Args:
        statements: Sessions whose every statement commits by itself.
    """

    def __init__(self, statements: sessionmaker[Session]) -> None:
        self._statements = statements
        self._waiting = Waiting(self._done)

    def to(self, message: Message, task_id: UUID) -> Response:
        """Answer whoever posted or edited *message*, which *task_id* is about."""
        seconds = preferred_wait_seconds()
        if not seconds:
            return make_response(pending(task_id, jsonify(message_as_json(message))))
        is_done = self._waiting.wait(task_id, seconds)
        answer = self._now(task_id) if is_done else make_response(pending(task_id, jsonify(message_as_json(message))))
        answer.headers["Preference-Applied"] = f"wait={seconds}"
        return answer

    def _now(self, task_id: UUID) -> Response:
        with self._statements() as session:
            found = find_task(session, task_id)
        if found is None:
            raise TaskNotFoundError(f"There is no task {task_id}.")
        return make_response(answer_of(*found))

    def _done(self, task_ids: Collection[UUID]) -> set[UUID]:
        with self._statements() as session:
            return done_tasks(session, task_ids)
