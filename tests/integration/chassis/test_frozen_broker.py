"""A broker that keeps its connections and says nothing is given up, and found again."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy import make_url

from chassis.amqp import HEARTBEAT_SECONDS, BrokerUnavailableError
from chassis.confirms import Outcome
from chassis.envelope import Envelope
from chassis.publisher import Publisher
from chassis.topology import EVENTS_EXCHANGE
from contracts import MessageRendered
from tests.people import eventually


class Line:
    """A line to the broker, on which everybody who is connected when it freezes hears nothing any more.

    Those who connect later are put through.
    """

    def __init__(self, broker: tuple[str, int]) -> None:
        self._broker = broker
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._current = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def freeze(self) -> None:
        """Pass nothing on that comes over the connections there are."""
        self._current.set()
        self._current = threading.Event()

    def close(self) -> None:
        """Take nobody in any more."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _run(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self._listening.accept()
                far = socket.create_connection(self._broker)
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(*ends, self._current), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, frozen: threading.Event) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not frozen.is_set():
                    target.sendall(data)
        if not frozen.is_set():
            target.close()


@pytest.fixture
def line(amqp_url: str) -> Iterator[Line]:
    url = make_url(amqp_url)
    line = Line((str(url.host), int(url.port or 5672)))
    yield line
    line.close()


def test_a_publisher_does_not_wait_for_a_frozen_broker_to_say_goodbye(line: Line, amqp_url: str) -> None:
    url = make_url(amqp_url)
    over_line = amqp_url.replace(f"{url.host}:{url.port}", f"127.0.0.1:{line.port}")
    publisher = Publisher(over_line, name="test", exchanges=[EVENTS_EXCHANGE])
    publisher.start()
    assert eventually(lambda: publisher.is_ready)
    event = Envelope.around(MessageRendered(message_id=1, version=1, html="<p>hi</p>"), source="/test")
    line.freeze()
    with pytest.raises(BrokerUnavailableError):
        publisher.publish([event], timeout_seconds=0.2)
    assert not publisher.is_ready
    # Its heartbeats would tell too, after two of them.
    assert eventually(lambda: publisher.is_ready, seconds=HEARTBEAT_SECONDS)
    assert publisher.publish([event]) == [Outcome.UNROUTABLE]
    publisher.close()
