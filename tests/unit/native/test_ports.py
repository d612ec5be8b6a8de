import socket
from collections.abc import Iterator

import pytest

from tools.native.errors import NativeError, PortTakenError
from tools.native.ports import PRIVATE_PORTS, PrivatePorts, exactly, gateway_port_choice, is_free


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_with_a_listener_is_not_free(taken_port: int) -> None:
    assert not is_free(taken_port)


def test_a_port_is_given_out_once() -> None:
    ports = PrivatePorts()
    given = [ports.take() for _ in range(50)]
    assert len(set(given)) == 50
    assert set(given) <= set(PRIVATE_PORTS)


def test_a_taken_port_that_was_asked_for_is_refused(taken_port: int) -> None:
    choose = gateway_port_choice({"PORT": str(taken_port)}, _say_nothing)
    with pytest.raises(PortTakenError, match=str(taken_port)):
        choose()


def test_a_free_port_that_was_asked_for_is_used() -> None:
    port = PrivatePorts().take()
    assert gateway_port_choice({"PORT": str(port)}, _say_nothing)() == port


@pytest.mark.parametrize("word", ["abc", "0", "65536", "-1", "80 80", "٣"])
def test_what_is_no_port_is_refused_at_once(word: str) -> None:
    with pytest.raises(NativeError, match="PORT must be a number"):
        gateway_port_choice({"PORT": word}, _say_nothing)


def test_without_a_wish_the_next_free_port_is_used_and_told(monkeypatch: pytest.MonkeyPatch, taken_port: int) -> None:
    monkeypatch.setattr("tools.native.ports.DEFAULT_PORT", taken_port)
    told: list[str] = []
    assert gateway_port_choice({}, told.append)() > taken_port
    assert str(taken_port) in told[0]


def test_without_a_wish_the_usual_port_is_used_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    port = PrivatePorts().take()
    monkeypatch.setattr("tools.native.ports.DEFAULT_PORT", port)
    told: list[str] = []
    assert gateway_port_choice({"PORT": ""}, told.append)() == exactly(port)
    assert told == []


def _say_nothing(_line: str) -> None:
    pass
