"""What clients send over a socket, checked."""

from typing import Annotated, Any

from pydantic import Field, StrictStr

from chassis.bodies import Body, Text, parse
from chassis.tokens import NotAuthenticatedError

MAX_SOURCE_CHARS = 8_000
MAX_KEY_CHARS = 255
MAX_CURSOR_CHARS = 2_000


class PostMessage(Body):
    """A message in Markdown; the same key and source again are the same message."""

    source: Annotated[Text, Field(min_length=1, max_length=MAX_SOURCE_CHARS)]
    idempotency_key: Annotated[Text, Field(min_length=1, max_length=MAX_KEY_CHARS)] | None = None


class Sync(Body):
    """Where whoever comes back has been; without a cursor they begin as the lists do."""

    cursor: Annotated[Text, Field(max_length=MAX_CURSOR_CHARS)] | None = None


class Authentication(Body):
    """What comes with a connection."""

    token: StrictStr | None = None


def argument(arguments: tuple[Any, ...], index: int) -> Any:
    """Return an argument of an event, None if the client left it out."""
    return arguments[index] if len(arguments) > index else None


def read_token(value: Any) -> str | None:
    """Return a token; None for none or an empty one.

    Raises:
        InvalidFieldsError: It is no text.
    """
    return parse(Authentication, {"token": value}).token or None


def required(token: str | None) -> str:
    """Return *token*.

    Raises:
        NotAuthenticatedError: There is none.
    """
    if token is None:
        raise NotAuthenticatedError("A token is needed; POST /api/v1/tokens gives one.")
    return token
