"""What is missing at the start is waited for a while; then one line tells of it, and the process ends."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pika import frame, spec
from pydantic import SecretStr

from chassis import starting
from chassis.database import connect
from chassis.runner import REFUSED_STATUS
from chassis.starting import PATIENCE_SECONDS, require_database, require_login

Talk = Callable[[socket.socket], None]

ENGINE = connect(SecretStr("postgresql://ann:hunter2@127.0.0.1:1/chat"), name="test")
# Docker starts a container again at once that has run for so long; with others it waits longer each time.
DOCKER_SECONDS = 10.0


def send(client: socket.socket, method: Any) -> None:
    client.sendall(frame.Method(0, method).marshal())


def greet(client: socket.socket) -> None:
    """Ask who is there, as a broker does."""
    client.recv(100)
    properties = {"capabilities": {"authentication_failure_close": True}}
    send(client, spec.Connection.Start(server_properties=properties, mechanisms="PLAIN", locales="en_US"))
    client.recv(10_000)


def refuse(client: socket.socket) -> None:
    greet(client)
    send(client, spec.Connection.Close(403, "ACCESS_REFUSED - Login was refused", 0, 0))
    client.recv(100)


class Broker:
    """Talks to one client after the other as it is told to, the last way again and again."""

    def __init__(self, *talks: Talk) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._talks = list(talks)
        self.url = SecretStr(f"amqp://ann:hunter2@127.0.0.1:{self._listening.getsockname()[1]}/%2F")
        self.asked = 0
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                client, _address = self._listening.accept()
            except OSError:
                return
            self.asked += 1
            with client:
                talk = self._talks.pop(0) if len(self._talks) > 1 else self._talks[0]
                talk(client)

    def close(self) -> None:
        """Take nobody in any more."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@pytest.fixture
def broker_that() -> Iterator[Callable[..., Broker]]:
    brokers: list[Broker] = []

    def create(*talks: Talk) -> Broker:
        brokers.append(Broker(*talks))
        return brokers[-1]

    yield create
    for broker in brokers:
        broker.close()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(starting, "PAUSE_SECONDS", 0.05)


def test_whoever_gives_up_has_run_long_enough_to_be_started_again_at_once() -> None:
    assert PATIENCE_SECONDS > DOCKER_SECONDS


@pytest.mark.usefixtures("hurried")
def test_a_database_that_does_not_come_ends_the_process_with_one_line(logged: list[dict[str, Any]]) -> None:
    with pytest.raises(SystemExit) as ended:
        require_database(ENGINE)
    assert ended.value.code == REFUSED_STATUS
    [line] = logged
    assert line.items() >= {"log_level": "critical", "setting": "DATABASE_URL", "host": "127.0.0.1", "port": 1}.items()
    assert line.items() >= {"database": "chat", "user": "ann"}.items()
    assert "Connection refused" in line["error"]
    assert "\n" not in line["error"]
    assert "hunter2" not in str(logged)


def test_whoever_is_told_to_stop_meanwhile_does_not_wait(logged: list[dict[str, Any]]) -> None:
    stopping = threading.Event()
    stopping.set()
    require_database(ENGINE, stopping)
    assert logged == []


@pytest.mark.usefixtures("hurried")
def test_a_broker_that_refuses_us_ends_the_process_with_one_line(
    broker_that: Callable[..., Broker], logged: list[dict[str, Any]]
) -> None:
    broker = broker_that(refuse)
    with pytest.raises(SystemExit) as ended:
        require_login(broker.url)
    assert ended.value.code == REFUSED_STATUS
    [line] = logged
    assert line.items() >= {"log_level": "critical", "setting": "AMQP_URL", "user": "ann", "host": "127.0.0.1"}.items()
    assert "ACCESS_REFUSED" in line["error"]
    assert "hunter2" not in str(logged)


def test_a_broker_that_has_just_not_read_its_users_is_asked_again(broker_that: Callable[..., Broker]) -> None:
    broker = broker_that(refuse, greet)
    require_login(broker.url)
    assert broker.asked == 2


@pytest.mark.parametrize("talk", [greet, lambda client: client.recv(100)], ids=["at the login", "before"])
def test_a_broker_that_dies_in_the_handshake_has_refused_nobody(broker_that: Callable[..., Broker], talk: Talk) -> None:
    broker = broker_that(talk)
    require_login(broker.url)
    assert broker.asked == 1


def test_a_broker_that_is_away_is_none_of_its_business(logged: list[dict[str, Any]]) -> None:
    require_login(SecretStr("amqp://ann:hunter2@127.0.0.1:1/%2F"))
    require_login(SecretStr("amqp://ann:hunter2@nowhere.invalid/%2F"))
    assert logged == []
