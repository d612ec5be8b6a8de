"""The clients that are connected to this replica, and the token that each of them last gave."""


class Clients:
    """Tokens by Socket.IO session id; None for who reads anonymously."""

    def __init__(self) -> None:
        self._tokens: dict[str, str | None] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._tokens)

    def __contains__(self, client_id: str) -> bool:
        """Return whether *client_id* is connected."""
        return client_id in self._tokens

    def add(self, client_id: str) -> None:
        """Note that *client_id* is connected."""
        self._tokens[client_id] = None

    def set_token(self, client_id: str, token: str | None) -> None:
        """Note what *client_id* speaks with, unless it has left meanwhile."""
        if client_id in self._tokens:
            self._tokens[client_id] = token

    def token_of(self, client_id: str) -> str | None:
        """Return what *client_id* speaks with."""
        return self._tokens.get(client_id)

    def remove(self, client_id: str) -> None:
        """Forget *client_id*; harmless if it is not known."""
        self._tokens.pop(client_id, None)
