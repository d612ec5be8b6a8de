"""What several lists take in their query."""

from typing import Annotated

from pydantic import BaseModel, Field

from chassis.web import MAX_ID

MAX_LIMIT = 1000
LAST_SECOND = 253_402_300_799  # of the year 9999, where Python's calendar ends

Id = Annotated[int, Field(ge=1, le=MAX_ID)]


class ListParameters(BaseModel):
    """How far back a list goes, in epoch seconds, and how long it may be."""

    updated_since: int = Field(default=0, ge=0, le=LAST_SECOND)
    limit: int = Field(default=MAX_LIMIT, ge=1, le=MAX_LIMIT)
