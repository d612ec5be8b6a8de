"""What clients ask for in headers beside who they are."""

from flask import request
from pydantic import BaseModel, Field
from werkzeug.http import parse_list_header

from chassis.bodies import Text, parse
from messages.domain import MAX_KEY_CHARS

LONGEST_WAIT_SECONDS = 10


class Keys(BaseModel):
    """Named as clients name it, so that what is wrong with it is told by that name."""

    key: Text | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_KEY_CHARS,
        alias="Idempotency-Key",
        description="Makes this and every later request with it one post, for a day.",
        examples=["6f9619ff"],
    )


def idempotency_key() -> str | None:
    """Return what makes a request that is sent again the same request, None if the client has no such wish.

    Raises:
        InvalidFieldsError: It is empty or too long.
    """
    given = request.headers.get("Idempotency-Key")
    return None if given is None else parse(Keys, {"Idempotency-Key": given}).key


def preferred_wait_seconds() -> int | None:
    """Return how long the client wants the answer to be waited for (`Prefer: wait=N`, RFC 7240), at most 10 seconds.

    None if it would rather not wait. What is no number is no preference, as is any preference that nobody knows.
    """
    for preference in parse_list_header(",".join(request.headers.getlist("Prefer"))):
        name, _, value = preference.partition(";")[0].partition("=")
        seconds = value.strip().strip('"')
        if name.strip().lower() == "wait" and seconds.isascii() and seconds.isdecimal():
            return min(int(seconds[:9]), LONGEST_WAIT_SECONDS)
    return None
