"""Lists of messages, made once for all who ask the same while nothing changes."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Response

from messages.queries.feed import FeedState

MAX_LISTS = 64
MAX_LIST_BYTES = 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class ListAnswer:
    """The answer of a list.

    Attributes:
        good_until: When it is another one though nothing changed; None if never.
    """

    body: bytes
    headers: dict[str, str]
    tag: str
    good_until: datetime | None = None

    def response(self) -> Response:
        """Return what is sent."""
        response = Response(self.body, mimetype="application/json", headers=self.headers)
        # Of the rows alone: the cursor moves whenever anybody writes, and the one that a client has stays good.
        response.set_etag(self.tag, weak=True)
        return response


class KeptLists:
    """The lists that were asked for last, each with the state of the feed in which it was read."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, tuple[FeedState, ListAnswer]] = OrderedDict()

    def answer(self, asked: bytes, *, state: FeedState, now: datetime, make: Callable[[], ListAnswer]) -> ListAnswer:
        """Return what was answered to *asked* in the same state of the feed, or else what *make* returns.

        Args:
            state: As it was read before anything else.
        """
        then, answer = self._kept.get(asked, (None, None))
        if answer and then == state and (answer.good_until is None or now < answer.good_until):
            self._kept.move_to_end(asked)
            return answer
        answer = make()
        # While a transaction is under way whose number has been passed, its end would change nothing of the state.
        if state.is_settled and len(answer.body) <= MAX_LIST_BYTES:
            self._kept[asked] = state, answer
            self._kept.move_to_end(asked)
            if len(self._kept) > MAX_LISTS:
                self._kept.popitem(last=False)
        return answer
