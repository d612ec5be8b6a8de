"""How busy the whole system is, from what all of it has written down."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from messages.commands.presence import hear_replica, note_requests
from messages.commands.samples import KEPT, note_requests_answered
from messages.domain import SILENCE
from messages.gateways import Gateways
from messages.models import GatewaySample
from messages.queries.stats import SAMPLE_EVERY, WINDOW, Stats, stats_of
from tests.integration.messages.conftest import NOON

Sessions = sessionmaker[Session]


def sample(sessions: Sessions, gateway: str, counts: list[int]) -> None:
    """Write down what a gateway told every three seconds, the last time at noon."""
    for age, count in enumerate(reversed(counts)):
        with sessions.begin() as session:
            note_requests_answered(session, {gateway: count}, now=NOON - age * SAMPLE_EVERY)


def stats(sessions: Sessions) -> Stats:
    with sessions() as session:
        return stats_of(session, NOON)


def test_a_system_at_rest_is_at_rest(sessions: Sessions) -> None:
    assert stats(sessions) == Stats(requests_per_second=0, messages_per_second=0, connected_clients=0, online_users=0)


def test_the_requests_of_all_gateways_count_and_those_that_asked_do_not(sessions: Sessions) -> None:
    # Five steps of the last fifteen seconds, of 31 and of 7 requests; what was before does not count.
    sample(sessions, "g-1", [5000, 9000, 9031, 9062, 9093, 9124, 9155])
    sample(sessions, "g-2", [1, 8, 15, 22, 29, 36])
    assert stats(sessions).requests_per_second == (5 * 30 + 5 * 6) / 15


def test_a_gateway_that_was_restarted_counts_from_nothing(sessions: Sessions) -> None:
    sample(sessions, "g-1", [9000, 31, 62])
    assert stats(sessions).requests_per_second == (30 + 30) / 15


def test_what_came_while_nobody_asked_is_not_said_to_have_come_just_now(sessions: Sessions) -> None:
    with sessions.begin() as session:
        note_requests_answered(session, {"g-1": 1}, now=NOON - timedelta(seconds=50))
        note_requests_answered(session, {"g-1": 10_000}, now=NOON - SAMPLE_EVERY)
    sample(sessions, "g-1", [10_016])
    assert stats(sessions).requests_per_second == 1


def test_old_samples_are_forgotten(sessions: Sessions) -> None:
    with sessions.begin() as session:
        note_requests_answered(session, {"g-1": 1}, now=NOON - KEPT - timedelta(seconds=1))
    with sessions.begin() as session:
        note_requests_answered(session, {}, now=NOON)
    with sessions() as session:
        assert session.scalars(select(func.count()).select_from(GatewaySample)).one() == 0


def test_posts_of_the_last_moments_count_and_edits_do_not(sessions: Sessions, ann: int) -> None:
    insert = """
        INSERT INTO tasks (id, kind, owner_id, message_id, source_version, created_at)
        SELECT gen_random_uuid(), :kind, :owner_id, 1, 1, :created_at FROM generate_series(1, :count)
    """
    for kind, age, count in [("post", timedelta(0), 30), ("edit", timedelta(0), 99), ("post", WINDOW, 99)]:
        with sessions.begin() as session:
            values = {"kind": kind, "owner_id": ann, "created_at": NOON - age, "count": count}
            session.execute(text(insert), values)
    assert stats(sessions).messages_per_second == 2


def test_clients_of_replicas_that_live_count(sessions: Sessions) -> None:
    for replica, count, age in [("r-1", 3, timedelta(0)), ("r-2", 4, SILENCE / 2), ("r-3", 99, SILENCE)]:
        with sessions.begin() as session:
            hear_replica(session, replica, client_count=count, now=NOON - age)
    assert stats(sessions).connected_clients == 7


def test_those_who_are_online_count(sessions: Sessions, ann: int) -> None:
    with sessions.begin() as session:
        note_requests(session, {ann: NOON}, now=NOON)
    assert stats(sessions).online_users == 1


STATUS = b"Active connections: 2 \nserver accepts handled requests\n 11 11 %d \nReading: 0 Writing: 1 Waiting: 1 \n"


@contextmanager
def answering(address: str, body: bytes) -> Iterator[int]:
    """Serve *body* for as long as the block lasts, at the port that it is given."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/status" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer((address, 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.server_port
        server.shutdown()


def test_a_gateway_tells_how_many_requests_it_has_had() -> None:
    with answering("127.0.0.1", STATUS % 424) as port:
        assert Gateways(f"http://127.0.0.1:{port}/status").read() == {"127.0.0.1": 424}


def test_every_address_of_a_name_is_asked_and_who_does_not_answer_is_left_out() -> None:
    with answering("127.0.0.1", STATUS % 424) as port:
        assert Gateways(f"http://localhost:{port}/status").read() == {"127.0.0.1": 424}


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff" * 10_000])
def test_what_is_no_status_is_left_out(body: bytes) -> None:
    with answering("127.0.0.1", body) as port:
        assert Gateways(f"http://127.0.0.1:{port}/status").read() == {}


@pytest.mark.parametrize("url", ["http://nobody.invalid:8081/status", "http://127.0.0.1:1/status"])
def test_a_gateway_that_is_not_there_is_left_out(url: str) -> None:
    assert Gateways(url).read() == {}
