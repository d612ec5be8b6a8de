"""What several endpoints read and answer, as clients are told of it."""

from http import HTTPStatus
from typing import Annotated

from pydantic import Field

from chassis.bodies import Body, Text
from chassis.describing import Answer, Header
from messages import shapes
from messages.api.headers import LONGEST_WAIT_SECONDS
from messages.domain import MAX_SOURCE_CHARS

TASK = "/api/v1/tasks/6f9619ff-8b86-4d01-b42d-00cf4fc964ff"

PREFER = Header(
    name="Prefer",
    meaning=f"`wait=N`: wait up to N seconds, {LONGEST_WAIT_SECONDS} at most, until it is done (RFC 7240). "
    "Whatever else it says is ignored.",
    example="wait=5",
)
APPLIED = Header(name="Preference-Applied", meaning="For how long it was waited at most.", example="wait=5")
FOLLOW = Header(name="Location", meaning="The task, which tells how it goes on.", example=TASK)
THERE = Header(name="Location", meaning="Where it is.", example="/api/v1/messages/1")
POLL = Header(
    name="Retry-After",
    meaning="After how many seconds to ask the task.",
    example="1",
    schema={"type": "integer", "minimum": 1},
)
LINK = Header(
    name="Link",
    meaning="Where the list goes on, if it does right now (RFC 8288).",
    example='</api/v1/messages?limit=1000&cursor=2.eyJlcG9jaCI6IjEifQ>; rel="next"',
)

ACCEPTED = Answer(
    meaning="It is written, and is being rendered.",
    status=HTTPStatus.ACCEPTED,
    shape=shapes.Message,
    example={"version": 1, "html": "**hello**", "status": "posted", "previews": []},
    headers=(FOLLOW, POLL),
    sometimes=(APPLIED,),
)
CREATED = Answer(
    meaning="It is rendered.",
    status=HTTPStatus.CREATED,
    shape=shapes.Message,
    headers=(THERE,),
    sometimes=(APPLIED,),
)
DONE = Answer(meaning="It is done.", status=HTTPStatus.NO_CONTENT)
EDITED = Answer(meaning="It is rendered anew.", status=HTTPStatus.NO_CONTENT, sometimes=(APPLIED,))


class Source(Body):
    """A message in Markdown."""

    source: Annotated[Text, Field(min_length=1, max_length=MAX_SOURCE_CHARS, examples=["**hello**"])]
