"""Auth as the messages service sees it, without one."""

from typing import Any


class RecordingCredentials:
    """Takes all credentials and keeps what it was told, unless there is an error to raise."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.told: list[dict[str, Any]] = []

    def create(self, user_id: int, *, nickname: str, password: str) -> None:
        """Keep them."""
        self._take(user_id=user_id, nickname=nickname, password=password)

    def change(self, user_id: int, *, nickname: str | None, password: str | None) -> None:
        """Keep what is otherwise."""
        self._take(user_id=user_id, nickname=nickname, password=password)

    def are_those_of(self, user_id: int, *, password: str) -> bool:
        """Whether they were taken last."""
        theirs = [each["password"] for each in self.told if each["user_id"] == user_id]
        return bool(theirs) and theirs[-1] == password

    def _take(self, **values: Any) -> None:
        self.told.append(values)
        if self.error is not None:
            raise self.error
