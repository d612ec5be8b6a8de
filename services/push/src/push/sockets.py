"""What clients ask over Socket.IO, and how they are answered."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID, uuid4

import structlog
from flask import request
from flask_socketio import ConnectionRefusedError as RefusedError
from flask_socketio import SocketIO

from chassis.bodies import parse
from chassis.internal import RefusedError as RefusedByAnotherError
from chassis.problems import COMMON_PROBLEMS, RETRY_AFTER_SECONDS, ProblemTable, problem, problem_of
from chassis.publisher import Publisher
from chassis.tokens import NotAuthenticatedError, Principal, TokenVerifier
from push.changes import Page
from push.clients import Clients, Proof
from push.commands import request_post
from push.limits import Limits, TooManyEventsError
from push.presence import Presence
from push.requests import Authentication, PostMessage, Sync, argument, read_token, required

log = structlog.get_logger(__name__)

Answer = dict[str, Any]

# The events that clients may send; for each there is a method of `Sockets`.
ASKED: Final = ("post_message", "ping_user", "authenticate", "sync")

FAULT = problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", "This is a fault of ours; it has been logged.")


class NoSuchEventError(Exception):
    """There is no such event."""


PROBLEMS: ProblemTable = {
    **COMMON_PROBLEMS,
    NoSuchEventError: (HTTPStatus.NOT_FOUND, "unknown-event"),
    TooManyEventsError: (HTTPStatus.TOO_MANY_REQUESTS, "too-many-requests"),
}


def acknowledged(handle: Callable[..., Answer], limits: Limits) -> Callable[..., Answer]:
    """Answer an error with a problem: whatever a client sends, its connection stays."""

    @wraps(handle)
    def answer(*arguments: Any) -> Answer:
        correlation_id = str(uuid4())
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id, client_id=client_id()):
            try:
                limits.use_up(client_id())
                return {"ok": True, **handle(*arguments)}
            except RefusedByAnotherError as error:
                return {"ok": False, "problem": error.problem}
            except tuple(PROBLEMS) as error:
                log.info("socket_request_refused", event_name=handle.__name__, error=repr(error))
                return {"ok": False, "problem": _problem_of(error)}
            except Exception:
                log.exception("unexpected_error")
                return {"ok": False, "problem": FAULT}

    return answer


def _problem_of(error: Exception) -> dict[str, Any]:
    """Return the problem that is *error*; what is a header elsewhere is a member here."""
    members = problem_of(error, PROBLEMS)
    retry_after = getattr(error, "retry_after_seconds", None) or RETRY_AFTER_SECONDS.get(members["status"])
    return members | ({"retry_after_seconds": retry_after} if retry_after else {})


def client_id() -> str:
    """Return the Socket.IO session id of whoever sent the current event."""
    return str(request.sid)  # type: ignore[attr-defined]  # Flask-SocketIO puts it there


class Sockets:
    """The events of one replica's clients.

    Args:
        new_task_id: Makes the id of a task that a user begins.
        changes_after: Reads what a client has missed since a cursor.
    """

    def __init__(
        self,
        clients: Clients,
        presence: Presence,
        *,
        publisher: Publisher,
        verify: TokenVerifier,
        new_task_id: Callable[[int], UUID],
        changes_after: Callable[[str | None], Page],
        anonymous_read: bool,
        limits: Limits,
    ) -> None:
        self._new_task_id = new_task_id
        self._changes_after = changes_after
        self._clients = clients
        self._presence = presence
        self._publisher = publisher
        self._verify = verify
        self._anonymous_read = anonymous_read
        self._limits = limits

    def register(self, socketio: SocketIO) -> None:
        """Have *socketio* call us."""
        socketio.on_event("connect", self.connect)
        socketio.on_event("disconnect", self.disconnect)
        for name in ASKED:
            socketio.on_event(name, acknowledged(getattr(self, name), self._limits))
        socketio.on_event("*", acknowledged(self.refuse, self._limits))

    def connect(self, auth: Any = None) -> None:
        """Let a client in; with a token that is good, or without one for reading."""
        self._clients.add(client_id())
        self._limits.add(client_id())
        try:
            principal = self._admit(auth)
        except tuple(COMMON_PROBLEMS) as error:
            self._forget()
            refusal = problem_of(error, COMMON_PROBLEMS)
            raise RefusedError(refusal["detail"], refusal) from None
        except Exception:
            # Unanswered, the client would wait until it gives up.
            self._forget()
            log.exception("unexpected_error")
            raise RefusedError(FAULT["detail"], FAULT) from None
        if principal is not None:
            self._presence.open(client_id(), principal.user_id)

    def disconnect(self, _reason: object = None) -> None:
        """Forget a client."""
        self._forget()
        self._presence.close(client_id())

    def post_message(self, *arguments: Any) -> Answer:
        """`post_message({source, idempotency_key?}, token?)`."""
        principal = self._caller(argument(arguments, 1))
        body = parse(PostMessage, argument(arguments, 0))
        task_id = self._new_task_id(principal.user_id)
        return {"task": request_post(self._publisher, author_id=principal.user_id, body=body, task_id=task_id)}

    def ping_user(self, *arguments: Any) -> Answer:
        """`ping_user(token?)`."""
        token = read_token(argument(arguments, 0))
        principal = self._caller(None) if token is None else self._prove(token)
        self._presence.show(client_id(), principal.user_id)
        return {}

    def authenticate(self, *arguments: Any) -> Answer:
        """`authenticate(token)`."""
        token = required(read_token(argument(arguments, 0)))
        self._presence.open(client_id(), self._prove(token).user_id)
        return {}

    def sync(self, *arguments: Any) -> Answer:
        """`sync({cursor})`."""
        if not self._anonymous_read:
            self._caller(None)
        given = argument(arguments, 0)
        return {**self._changes_after(parse(Sync, {} if given is None else given).cursor or None)}

    def refuse(self, *_arguments: Any) -> Answer:
        """Any other event."""
        raise NoSuchEventError("There is no such event.")

    def _forget(self) -> None:
        self._clients.remove(client_id())
        self._limits.remove(client_id())

    def _admit(self, auth: Any) -> Principal | None:
        token = parse(Authentication, auth or {}).token or None
        if token is None and not self._anonymous_read:
            raise NotAuthenticatedError("A token is needed to connect.")
        return None if token is None else self._prove(token)

    def _prove(self, token: str) -> Principal:
        # Nothing may come between the two, or the end of the session could be missed.
        principal = self._verify(token)
        self._clients.set_proof(client_id(), Proof(token, principal))
        return principal

    def _caller(self, token: Any) -> Principal:
        return self._verify(required(read_token(token) or self._clients.token_of(client_id())))
