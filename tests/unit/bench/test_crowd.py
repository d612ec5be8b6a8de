"""The C program that counts, with a server that sends exactly what a test wants."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from wsproto.events import BytesMessage, CloseConnection

from bench.push.crowd import READ_BYTES, Crowd, Received
from tests.unit.bench.telling import Server, connection, event, frame

# For what is not to come, and for what is.
SOON_SECONDS = 3.0
LONG_SECONDS = 60.0
# Longer than any test may take: whoever waits so long fails.
HOPELESS_SECONDS = 3600.0


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


Join = Callable[..., Crowd]


@pytest.fixture
def join(server: Server) -> Iterator[Join]:
    """Connects clients."""
    crowds: list[Crowd] = []

    def connect(count: int = 1, *, read_bytes: int = READ_BYTES) -> Crowd:
        door = threading.Thread(target=server.let_in, args=(count,))
        door.start()
        crowds.append(Crowd(server.port, count, read_bytes=read_bytes))
        door.join()
        return crowds[-1]

    yield connect
    for crowd in crowds:
        crowd.leave()


def received(
    crowd: Crowd, server: Server, *frames: bytes, count: int, first: int = 0, seconds: float = SOON_SECONDS
) -> Received:
    """Return what *crowd* makes of *frames*, of which it expects *count* events."""
    crowd.expect(first, count, seconds=seconds)
    for client in server.sockets:
        client.sendall(b"".join(frames))
    return crowd.received()


@pytest.mark.parametrize("read_bytes", [1, 7, READ_BYTES])
def test_counts_all_wherever_what_is_read_ends(server: Server, join: Join, read_bytes: int) -> None:
    # Lengths of 7, 16 and 64 bits.
    frames = [event(number, chars=chars) for number, chars in enumerate((0, 40, 500, 0x10000, 0))]
    result = received(join(read_bytes=read_bytes), server, *frames, count=5, seconds=LONG_SECONDS)
    assert (result.deliveries, result.faults, result.closed) == (5, 0, 0)


def test_counts_what_each_of_many_clients_is_told(server: Server, join: Join) -> None:
    result = received(join(30), server, event(0), event(1), count=2, seconds=LONG_SECONDS)
    assert (result.deliveries, result.faults, result.closed) == (60, 0, 0)


def test_an_event_that_does_not_come_is_lost(server: Server, join: Join) -> None:
    result = received(join(2), server, event(0), event(2), count=3)
    assert (result.deliveries, result.lost, result.faults) == (4, 2, 2)


def test_one_that_comes_again_is_repeated(server: Server, join: Join) -> None:
    result = received(join(), server, event(0), event(0), event(1), count=2, seconds=LONG_SECONDS)
    assert (result.deliveries, result.repeated, result.faults) == (2, 1, 1)


def test_one_that_comes_after_a_later_one_is_out_of_order(server: Server, join: Join) -> None:
    result = received(join(), server, event(1), event(0), event(2), count=3, seconds=LONG_SECONDS)
    assert (result.deliveries, result.out_of_order, result.faults) == (3, 1, 1)


def test_one_of_another_series_is_astray(server: Server, join: Join) -> None:
    result = received(join(), server, event(4), event(7), event(5), event(6), count=2, first=5, seconds=LONG_SECONDS)
    assert (result.deliveries, result.stray, result.faults) == (2, 2, 2)


def test_one_without_its_end_is_malformed(server: Server, join: Join) -> None:
    whole = f'42["updated_model",{{"source":"stamp={1:08d},{1:020d}"}}]'
    result = received(join(), server, event(0), frame(whole[:-1]), event(2), count=3)
    assert (result.lost, result.malformed, result.faults) == (1, 1, 2)


def test_one_without_a_stamp_is_malformed(server: Server, join: Join) -> None:
    frames = (event(0), frame('42["updated_model",{"source":"stamp=0"}]'), event(1))
    result = received(join(), server, *frames, count=2, seconds=LONG_SECONDS)
    assert (result.deliveries, result.malformed, result.faults) == (2, 1, 1)


def test_other_events_do_not_count(server: Server, join: Join) -> None:
    result = received(join(), server, frame('42["expired_token"]'), event(0), count=1, seconds=LONG_SECONDS)
    assert (result.deliveries, result.faults) == (1, 0)


def test_whoever_is_sent_something_else_than_frames_hangs_up(server: Server, join: Join) -> None:
    result = received(join(), server, event(0)[3:], count=2, seconds=LONG_SECONDS)
    assert (result.lost, result.closed) == (2, 1)


def test_whoever_is_sent_binary_data_hangs_up(server: Server, join: Join) -> None:
    result = received(
        join(), server, event(0), connection().send(BytesMessage(data=b"x")), event(1), count=2, seconds=LONG_SECONDS
    )
    assert (result.deliveries, result.lost, result.closed) == (1, 1, 1)


def test_nothing_more_is_waited_for_once_the_server_has_hung_up(server: Server, join: Join) -> None:
    crowd = join()
    crowd.expect(0, 2, seconds=HOPELESS_SECONDS)
    server.sockets[0].sendall(event(0) + connection().send(CloseConnection(code=1000)))
    assert crowd.received().lost == 1


def test_pings_are_answered(server: Server, join: Join) -> None:
    crowd = join()
    server.sockets[0].sendall(frame("2"))
    assert server.heard() == "3"
    assert received(crowd, server, event(0), count=1, seconds=LONG_SECONDS).faults == 0


def test_time_is_taken_from_publish_to_receipt(server: Server, join: Join) -> None:
    ages = [0.01 * number for number in range(100, 0, -1)]
    frames = [event(number, age_seconds=age) for number, age in enumerate(ages)]
    result = received(join(), server, *frames, count=100, seconds=LONG_SECONDS)
    assert result.p50_ms >= 500
    assert result.p99_ms >= 990
    assert result.max_ms >= 1000
    assert result.seconds >= 1.0
    assert result.p50_ms < result.p99_ms < result.max_ms


def test_of_those_who_are_stalled_nothing_is_expected(server: Server, join: Join) -> None:
    crowd = join(2)
    crowd.stall(1)
    crowd.expect(0, 1, seconds=HOPELESS_SECONDS)
    server.sockets[1].sendall(event(0))
    result = crowd.received()
    assert (result.deliveries, result.faults) == (1, 0)


def test_tells_how_many_of_the_stalled_were_cut_off(server: Server, join: Join) -> None:
    crowd = join(3)
    crowd.stall(2)
    server.sockets[0].sendall(event(0))
    server.sockets[0].close()
    assert crowd.resume(seconds=SOON_SECONDS) == 1


def test_one_who_was_cut_off_finds_out_however_much_is_left_to_read(server: Server, join: Join) -> None:
    crowd = join()
    crowd.stall(1)
    server.sockets[0].settimeout(0)
    with suppress(BlockingIOError):
        while server.sockets[0].send(event(0) * 100):
            pass
    server.sockets[0].shutdown(socket.SHUT_RDWR)
    assert crowd.resume(seconds=LONG_SECONDS) == 1


def test_those_who_leave_say_so(server: Server, join: Join) -> None:
    join().leave()
    assert server.heard() == "41"
