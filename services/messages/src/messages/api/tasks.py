"""`/tasks`: how a post or an edit that was answered 202 went on."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session, sessionmaker

from chassis.callers import Callers
from messages.domain import NotOwnerError
from messages.queries.tasks import is_done, task_of
from messages.resources import message_as_json, message_url, task_url


def create_tasks(sessions: sessionmaker[Session], callers: Callers) -> Blueprint:
    """Return the endpoint."""
    tasks = Blueprint("tasks", __name__)

    @tasks.get("/<uuid:task_id>")
    def show(task_id: UUID) -> ResponseReturnValue:
        caller = callers.required()
        with sessions() as session:
            task, message = task_of(session, task_id)
            if task.owner_id != caller.user_id:
                raise NotOwnerError("This task is somebody else's.")
            if not is_done(task, message):
                return jsonify(message_as_json(message)), HTTPStatus.ACCEPTED, {"Location": task_url(task)}
            if task.kind == "edit":
                return "", HTTPStatus.NO_CONTENT
            return jsonify(message_as_json(message)), HTTPStatus.CREATED, {"Location": message_url(message.id)}

    return tasks
