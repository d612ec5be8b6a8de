"""Push knows who is connected, with which token, and of which login session."""

import pytest

from chassis.tokens import Principal
from push.clients import Clients, Proof

NOON = 1_000_000


@pytest.fixture
def clients() -> Clients:
    clients = Clients()
    clients.add("c-1")
    return clients


def proof(token: str, *, session_id: str = "s-1", expires_at: int = NOON) -> Proof:
    return Proof(token, Principal(user_id=1, session_id=session_id, expires_at=expires_at, key_id="k-1"))


def test_a_client_speaks_with_the_token_that_it_gave_last(clients: Clients) -> None:
    clients.set_proof("c-1", proof("first"))
    clients.set_proof("c-1", proof("second"))
    assert clients.token_of("c-1") == "second"
    assert len(clients) == 1


def test_a_client_without_a_token_is_connected_all_the_same(clients: Clients) -> None:
    assert "c-1" in clients
    assert clients.token_of("c-1") is None
    assert len(clients) == 1


def test_a_client_that_left_is_forgotten(clients: Clients) -> None:
    clients.set_proof("c-1", proof("token"))
    clients.remove("c-1")
    clients.remove("c-1")
    clients.set_proof("c-1", proof("too late"))
    assert clients.token_of("c-1") is None
    assert clients.of_session("s-1") == []
    assert clients.principals() == []
    assert len(clients) == 0


def test_clients_are_found_by_their_login_session(clients: Clients) -> None:
    for other in ("c-2", "c-3", "c-4"):
        clients.add(other)
    clients.set_proof("c-1", proof("a"))
    clients.set_proof("c-2", proof("b"))
    clients.set_proof("c-3", proof("c", session_id="s-2"))
    assert sorted(clients.of_session("s-1")) == ["c-1", "c-2"]
    clients.set_proof("c-2", proof("d", session_id="s-2"))
    clients.set_proof("c-1", None)
    assert clients.of_session("s-1") == []
    assert sorted(clients.of_session("s-2")) == ["c-2", "c-3"]


def test_whom_clients_speak_for_is_known_of_those_who_have_said_so(clients: Clients) -> None:
    clients.add("c-2")
    last = proof("second", expires_at=NOON + 3600)
    clients.set_proof("c-1", proof("first"))
    clients.set_proof("c-1", last)
    assert clients.principals() == [("c-1", last.principal)]
