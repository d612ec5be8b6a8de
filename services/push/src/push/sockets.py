"""What clients ask over Socket.IO, and how they are answered."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

import structlog
from flask import request
from flask_socketio import ConnectionRefusedError as RefusedError
from flask_socketio import SocketIO

from chassis.bodies import parse
from chassis.problems import COMMON_PROBLEMS, problem, problem_of
from chassis.publisher import Publisher
from chassis.tokens import NotAuthenticatedError, Principal, TokenVerifier
from push.clients import Clients, Proof
from push.commands import request_post
from push.presence import Presence
from push.requests import Authentication, PostMessage, argument, read_token, required

log = structlog.get_logger(__name__)

Answer = dict[str, Any]

FAULT = problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", "This is a fault of ours; it has been logged.")


def acknowledged(handle: Callable[..., Answer]) -> Callable[..., Answer]:
    """Answer an error with a problem: whatever a client sends, its connection stays."""

    @wraps(handle)
    def answer(*arguments: Any) -> Answer:
        correlation_id = str(uuid4())
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id, client_id=client_id()):
            try:
                return {"ok": True, **handle(*arguments)}
            except tuple(COMMON_PROBLEMS) as error:
                log.info("socket_request_refused", event_name=handle.__name__, error=repr(error))
                return {"ok": False, "problem": problem_of(error, COMMON_PROBLEMS)}
            except Exception:
                log.exception("unexpected_error")
                return {"ok": False, "problem": FAULT}

    return answer


def client_id() -> str:
    """Return the Socket.IO session id of whoever sent the current event."""
    return str(request.sid)  # type: ignore[attr-defined]  # Flask-SocketIO puts it there


class Sockets:
    """The events of one replica's clients.

    Args:
        new_task_id: Makes the id of a task that a user begins.
    """

    def __init__(
        self,
        clients: Clients,
        presence: Presence,
        *,
        publisher: Publisher,
        verify: TokenVerifier,
        new_task_id: Callable[[int], UUID],
        anonymous_read: bool,
    ) -> None:
        self._new_task_id = new_task_id
        self._clients = clients
        self._presence = presence
        self._publisher = publisher
        self._verify = verify
        self._anonymous_read = anonymous_read

    def register(self, socketio: SocketIO) -> None:
        """Have *socketio* call us."""
        socketio.on_event("connect", self.connect)
        socketio.on_event("disconnect", self.disconnect)
        for name in ("post_message", "ping_user", "authenticate"):
            socketio.on_event(name, acknowledged(getattr(self, name)))

    def connect(self, auth: Any = None) -> None:
        """Let a client in; with a token that is good, or without one for reading."""
        self._clients.add(client_id())
        try:
            principal = self._admit(auth)
        except tuple(COMMON_PROBLEMS) as error:
            self._clients.remove(client_id())
            refusal = problem_of(error, COMMON_PROBLEMS)
            raise RefusedError(refusal["detail"], refusal) from None
        except Exception:
            # Unanswered, the client would wait until it gives up.
            self._clients.remove(client_id())
            log.exception("unexpected_error")
            raise RefusedError(FAULT["detail"], FAULT) from None
        if principal is not None:
            self._presence.open(client_id(), principal.user_id)

    def disconnect(self, _reason: object = None) -> None:
        """Forget a client."""
        self._clients.remove(client_id())
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
