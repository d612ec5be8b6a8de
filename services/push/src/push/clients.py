"""The clients that are connected to this replica, and the token that each of them last gave."""

from dataclasses import dataclass

from chassis.tokens import Principal


@dataclass(frozen=True, slots=True)
class Proof:
    """A token that was good when it was given, and whom it speaks for."""

    token: str
    principal: Principal


class Clients:
    """Proofs by Socket.IO session id; None for who reads anonymously."""

    def __init__(self) -> None:
        self._proofs: dict[str, Proof | None] = {}
        self._of_session: dict[str, set[str]] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._proofs)

    def __contains__(self, client_id: str) -> bool:
        """Return whether *client_id* is connected."""
        return client_id in self._proofs

    def add(self, client_id: str) -> None:
        """Note that *client_id* is connected."""
        self._proofs[client_id] = None

    def set_proof(self, client_id: str, proof: Proof | None) -> None:
        """Note what *client_id* speaks with, unless it has left meanwhile."""
        if client_id not in self._proofs:
            return
        self._forget_session(client_id)
        self._proofs[client_id] = proof
        if proof is not None:
            self._of_session.setdefault(proof.principal.session_id, set()).add(client_id)

    def token_of(self, client_id: str) -> str | None:
        """Return what *client_id* speaks with."""
        proof = self._proofs.get(client_id)
        return proof.token if proof else None

    def of_session(self, session_id: str) -> list[str]:
        """Return the clients whose token is of this login session."""
        return list(self._of_session.get(session_id, ()))

    def principals(self) -> list[tuple[str, Principal]]:
        """Return the clients that gave a token, and whom it speaks for."""
        return [(client_id, proof.principal) for client_id, proof in self._proofs.items() if proof]

    def remove(self, client_id: str) -> None:
        """Forget *client_id*; harmless if it is not known."""
        self._forget_session(client_id)
        self._proofs.pop(client_id, None)

    def _forget_session(self, client_id: str) -> None:
        proof = self._proofs.get(client_id)
        if proof is None:
            return
        session_id = proof.principal.session_id
        self._of_session[session_id].discard(client_id)
        if not self._of_session[session_id]:
            del self._of_session[session_id]
