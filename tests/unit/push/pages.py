"""What messages would tell."""

from typing import Any

from push.changes import Page


class Missed:
    """What whoever comes back is answered.

    Attributes:
        asked: The cursors that they came with.
        error: What is wrong with that.
    """

    def __init__(self) -> None:
        self.asked: list[str | None] = []
        self.error: Exception | None = None

    def after(self, cursor: str | None) -> Page:
        """Return one message."""
        self.asked.append(cursor)
        if self.error:
            raise self.error
        return page(message(1))


def message(message_id: int, version: int = 1) -> dict[str, Any]:
    """Return a message as REST shows it, as far as push looks at it."""
    return {"id": message_id, "version": version}


def page(*messages: Any, users: Any = (), cursor: str = "c-1", more: bool = False) -> Page:
    """Return what follows on some cursor."""
    return {"messages": list(messages), "users": list(users), "cursor": cursor, "more": more}
