"""`/tasks`: how a post or an edit that was answered 202 went on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session, sessionmaker

from chassis.callers import Callers
from chassis.clock import Clock
from chassis.describing import Access, Description
from contracts import begun_at, is_task_of
from messages import shapes
from messages.api.descriptions import ACCEPTED, CREATED, EDITED
from messages.domain import (
    TASKS_KEPT,
    IdempotencyKeyReusedError,
    MessageDeletedError,
    NotOwnerError,
    TaskNotFoundError,
    TooManyWritesError,
)
from messages.models import Message, Task
from messages.queries.tasks import find_task
from messages.resources import message_as_json, message_url, task_url

POLL_AFTER_SECONDS = 1

UNDER_WAY = replace(ACCEPTED, shape=shapes.Message | shapes.Promise, sometimes=())

Promised = Callable[[UUID, int], bool]


def promises(secret: bytes, clock: Clock) -> Promised:
    """Return what tells whether a task that is not there yet was promised to a user, who posted over a socket."""

    def was_promised(task_id: UUID, owner_id: int) -> bool:
        return is_task_of(secret, task_id, owner_id) and clock() - begun_at(task_id) < TASKS_KEPT

    return was_promised


def pending(task_id: UUID, body: Response) -> ResponseReturnValue:
    """Return the answer for what is not done yet."""
    headers = {"Location": task_url(task_id), "Retry-After": str(POLL_AFTER_SECONDS)}
    return body, HTTPStatus.ACCEPTED, headers


def answer_of(task: Task, message: Message | None) -> ResponseReturnValue:
    """Return what the request that began *task* would have been answered, had it waited until now.

    Raises:
        IdempotencyKeyReusedError, TooManyWritesError: It was refused.
        MessageDeletedError: Nothing is left to tell.
    """
    if task.kind == "limited":
        raise TooManyWritesError(retry_after=timedelta(seconds=int(task.answer or 0)))
    if message is None:
        raise IdempotencyKeyReusedError("This Idempotency-Key was used for another message.")
    if message.deleted:
        raise MessageDeletedError(f"Message {message.id} was deleted by its author.")
    if not task.done:
        return pending(task.id, jsonify(message_as_json(message)))
    if task.kind == "edit":
        return "", HTTPStatus.NO_CONTENT
    # Those from before answers were kept have none.
    answer = Response(task.answer, mimetype="application/json") if task.answer else jsonify(message_as_json(message))
    return answer, HTTPStatus.CREATED, {"Location": message_url(message.id)}


def create_tasks(sessions: sessionmaker[Session], callers: Callers, was_promised: Promised) -> Blueprint:
    """Return the endpoint."""
    tasks = Blueprint("tasks", __name__)

    @tasks.get("/<uuid:task_id>")
    @Description(
        access=Access.BEARER,
        answers=(UNDER_WAY, replace(CREATED, sometimes=()), replace(EDITED, sometimes=())),
        problems=(
            TaskNotFoundError,
            NotOwnerError,
            MessageDeletedError,
            IdempotencyKeyReusedError,
            TooManyWritesError,
        ),
    )
    def show(task_id: UUID) -> ResponseReturnValue:
        """Follow a post or an edit of one's own.

        Once it is done, this answers what the request would have been answered, had it waited.
        """
        caller = callers.required()
        with sessions() as session:
            found = find_task(session, task_id)
        if found is None and was_promised(task_id, caller.user_id):
            return pending(task_id, jsonify(_links={"self": task_url(task_id)}))
        if found is None:
            raise TaskNotFoundError(f"There is no task {task_id}.")
        if found[0].owner_id != caller.user_id:
            raise NotOwnerError("This task is somebody else's.")
        return answer_of(*found)

    return tasks
