"""What all clients of this replica are told of messages and users: each version once, and none after a newer one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from push.versions import Kind, LatestVersions

# Sends an event of Socket.IO to everybody, once for each of several arguments, in their order.
TellAll: TypeAlias = Callable[[str, Sequence[Any]], object]

# The first ones may be from before the last news, which came or ended while they were on their way.
PLACES_AFTER_NEWS: Final = 3


class Change(NamedTuple):
    """A state of a message or a user, as REST shows it."""

    kind: Kind
    model_id: int
    version: int
    model: Mapping[str, object]


class News:
    """Tells everybody what is new of what it is given."""

    def __init__(self, tell_all: TellAll) -> None:
        self._tell_all = tell_all
        self._latest = LatestVersions()
        self._places_since_news = PLACES_AFTER_NEWS

    def tell(self, changes: Iterable[Change]) -> None:
        """Send `updated_model` for those of *changes* that nobody was told of, and of nothing newer."""
        latest = self._latest
        fresh = [change for change in changes if latest.is_news(change.kind, change.model_id, change.version)]
        if fresh:
            self._places_since_news = 0
            self._tell_all("updated_model", [{"class": change.kind, "model": change.model} for change in fresh])

    def tell_place(self, cursor: str) -> None:
        """Send `up_to_date`: all before *cursor* has been told; nothing, if the last ones are as good."""
        if self._places_since_news < PLACES_AFTER_NEWS:
            self._places_since_news += 1
            self._tell_all("up_to_date", [{"cursor": cursor}])

    def forget(self) -> None:
        """Begin anew: what was told before is no older than what comes."""
        self._latest.forget()
