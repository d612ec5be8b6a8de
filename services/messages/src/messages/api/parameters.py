"""What several lists take in their query, and how they say where to go on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
from pydantic import BaseModel, BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from chassis.web import MAX_ID, tag_of
from messages.api.kept_lists import ListAnswer
from messages.cursors import Cursor, decode_cursor, encode_cursor

MAX_LIMIT = 1000
LAST_SECOND = 253_402_300_799  # of the year 9999, where Python's calendar ends

Place = Annotated[Cursor, BeforeValidator(decode_cursor), WithJsonSchema({"type": "string"})]
Id = Annotated[int, Field(ge=1, le=MAX_ID)]


class ListParameters(BaseModel):
    """How far back a list goes, in epoch seconds, or where it goes on; and how long it may be."""

    updated_since: int = Field(
        default=0,
        ge=0,
        le=LAST_SECOND,
        description="Those that changed then or later, in epoch seconds; 0 for the last 24 hours.",
        examples=[1_767_268_800],
    )
    limit: int = Field(default=MAX_LIMIT, ge=1, le=MAX_LIMIT, description="At most so many.", examples=[100])
    cursor: Place | None = Field(
        default=None,
        description="Those that changed since a list gave this cursor. Does not go with other beginnings.",
        examples=["2.eyJlcG9jaCI6IjEifQ"],
    )

    @field_validator("cursor")
    @classmethod
    def _alone(cls, cursor: Cursor | None, info: ValidationInfo) -> Cursor | None:
        """Refuse two beginnings: a cursor already says where the list goes on."""
        if cursor is not None and info.data.get("updated_since"):
            raise ValueError("does not go with updated_since")
        return cursor


def link_to_next(path: str, query: ListParameters, **place: str | int) -> dict[str, str]:
    """Return the header that says where the list of *query* goes on (RFC 8288): at *place*, otherwise asked alike."""
    alike = query.model_dump(exclude={"updated_since", "cursor", *place}, exclude_unset=True)
    return {"Link": f'<{path}?{urlencode({**alike, **place})}>; rel="next"'}


def list_answer(
    name: str, rows: Sequence[Any], cursor: Cursor, headers: Mapping[str, str], *, good_until: datetime | None = None
) -> ListAnswer:
    """Return the answer of the list called *name*."""
    listed = orjson.dumps(rows)
    body = b'{"%s":%s,"cursor":%s}' % (name.encode(), listed, orjson.dumps(encode_cursor(cursor)))
    # Cursors of another epoch are good for nothing.
    tag = tag_of(b"%s %s more=%d" % (listed, cursor.epoch.encode(), bool(headers)))
    return ListAnswer(body=body, headers=dict(headers), tag=tag, good_until=good_until)
