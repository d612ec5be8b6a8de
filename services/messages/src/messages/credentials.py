"""What people log in with: auth keeps it, and is told of it from here."""

from typing import Protocol

from chassis.internal import InternalClient


class Credentials(Protocol):
    """Where credentials are kept; each call raises what keeps them from being taken, and may be repeated."""

    def create(self, user_id: int, *, nickname: str, password: str) -> None:
        """Let *user_id* log in."""

    def change(self, user_id: int, *, nickname: str | None, password: str | None) -> None:
        """Have *user_id* log in otherwise; None stays as it is. A new password ends all their sessions."""

    def are_those_of(self, user_id: int, *, password: str) -> bool:
        """Whether *password* is what *user_id* logs in with."""


class CredentialsAtAuth:
    """The credentials that auth keeps; every call raises `ServiceUnavailableError` where it does not take them."""

    def __init__(self, auth: InternalClient) -> None:
        self._auth = auth

    def create(self, user_id: int, *, nickname: str, password: str) -> None:
        """Let *user_id* log in."""
        self._auth.call("PUT", f"/credentials/{user_id}", {"nickname": nickname, "password": password})

    def change(self, user_id: int, *, nickname: str | None, password: str | None) -> None:
        """Have *user_id* log in otherwise; None stays as it is. A new password ends all their sessions."""
        self._auth.call("PATCH", f"/credentials/{user_id}", {"nickname": nickname, "password": password})

    def are_those_of(self, user_id: int, *, password: str) -> bool:
        """Whether *password* is what *user_id* logs in with."""
        answer = self._auth.call("POST", f"/credentials/{user_id}/verification", {"password": password})
        return bool(answer["matches"])
