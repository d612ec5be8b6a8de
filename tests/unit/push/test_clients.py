"""Push knows who is connected, and with which token."""

import pytest

from push.clients import Clients


@pytest.fixture
def clients() -> Clients:
    return Clients()


def test_a_client_speaks_with_the_token_that_it_gave_last(clients: Clients) -> None:
    clients.add("c-1")
    clients.set_token("c-1", "first")
    clients.set_token("c-1", "second")
    assert clients.token_of("c-1") == "second"
    assert len(clients) == 1


def test_a_client_without_a_token_is_connected_all_the_same(clients: Clients) -> None:
    clients.add("c-1")
    assert "c-1" in clients
    assert clients.token_of("c-1") is None
    assert len(clients) == 1


def test_a_client_that_left_is_forgotten(clients: Clients) -> None:
    clients.add("c-1")
    clients.remove("c-1")
    clients.remove("c-1")
    clients.set_token("c-1", "too late")
    assert clients.token_of("c-1") is None
    assert len(clients) == 0
