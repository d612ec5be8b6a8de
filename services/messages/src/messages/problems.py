"""How the errors of the messages service are answered."""

from http import HTTPStatus

from chassis.problems import ProblemTable
from messages.domain import (
    CursorExpiredError,
    IdempotencyKeyReusedError,
    MessageDeletedError,
    MessageNotFoundError,
    NicknameTakenError,
    NotAuthorError,
    NotOwnerError,
    NotSelfError,
    RequestInFlightError,
    TaskNotFoundError,
    TooManyWritesError,
    UnknownUserError,
    UserNotFoundError,
)

PROBLEMS: ProblemTable = {
    NicknameTakenError: (HTTPStatus.BAD_REQUEST, "nickname-taken"),
    UnknownUserError: (HTTPStatus.UNAUTHORIZED, "token-rejected"),
    UserNotFoundError: (HTTPStatus.NOT_FOUND, "user-not-found"),
    MessageNotFoundError: (HTTPStatus.NOT_FOUND, "message-not-found"),
    MessageDeletedError: (HTTPStatus.GONE, "message-deleted"),
    CursorExpiredError: (HTTPStatus.BAD_REQUEST, "cursor-expired"),
    RequestInFlightError: (HTTPStatus.CONFLICT, "request-in-flight"),
    IdempotencyKeyReusedError: (HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency-key-reused"),
    TooManyWritesError: (HTTPStatus.TOO_MANY_REQUESTS, "too-many-requests"),
    TaskNotFoundError: (HTTPStatus.NOT_FOUND, "task-not-found"),
    NotAuthorError: (HTTPStatus.FORBIDDEN, "not-author"),
    NotOwnerError: (HTTPStatus.FORBIDDEN, "not-owner"),
    NotSelfError: (HTTPStatus.FORBIDDEN, "not-self"),
}
