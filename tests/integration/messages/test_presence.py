"""Who is there and who is not, whatever the order in which it is heard; on a real database."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from chassis.outbox import OUTBOX
from contracts import ClientConnected, ClientDisconnected, UserUpdated, decode
from messages.commands.presence import (
    AT_A_TIME,
    RELOAD,
    REMEMBERED,
    close_connections,
    forget_connections,
    hear_replica,
    note_requests,
    open_connections,
    take_offline,
)
from messages.commands.users import register_user
from messages.cursors import Cursor
from messages.domain import ONLINE_FOR, SILENCE
from messages.models import Connection, Replica, User
from messages.queries.users import follow_users, list_users
from messages.sweeper import Attention, Sweeper
from tests.integration.messages.auths import RecordingCredentials
from tests.integration.messages.conftest import NOON
from tests.integration.messages.readers import epoch_of
from tests.people import eventually

SECOND = timedelta(seconds=1)
LATER = NOON + timedelta(minutes=5)

Sessions = sessionmaker[Session]


class Presence:
    """What is heard, each in a transaction of its own, at the time that it is."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions
        self.now = LATER

    def connect(self, user_id: int, client_id: str = "c-1", *, replica: str = "r-1") -> None:
        """Hear that somebody has connected."""
        event = ClientConnected(client_id=client_id, user_id=user_id, replica=replica)
        with self.sessions.begin() as session:
            open_connections(session, [event], now=self.now)

    def disconnect(self, user_id: int, client_id: str = "c-1", *, replica: str = "r-1") -> None:
        """Hear that somebody has disconnected."""
        event = ClientDisconnected(client_id=client_id, user_id=user_id, replica=replica)
        with self.sessions.begin() as session:
            close_connections(session, [event], now=self.now)

    def beat(self, replica: str = "r-1", *, client_count: int = 1) -> None:
        """Hear that a replica lives."""
        with self.sessions.begin() as session:
            hear_replica(session, replica, client_count=client_count, now=self.now)

    def ask(self, *user_ids: int, at: datetime | None = None) -> None:
        """Write down that somebody has asked something."""
        with self.sessions.begin() as session:
            note_requests(session, dict.fromkeys(user_ids, at or self.now), now=self.now)

    def sweep(self, *, silence: timedelta | None = SILENCE) -> int:
        """Look for who is gone."""
        with self.sessions.begin() as session:
            return take_offline(session, silence=silence, now=self.now)

    def forget(self) -> None:
        """Forget what was long ago."""
        with self.sessions.begin() as session:
            forget_connections(session, now=self.now)

    def user(self, user_id: int) -> User:
        """Return somebody as they are now."""
        with self.sessions() as session:
            return session.get_one(User, user_id)

    def is_online(self, user_id: int) -> bool:
        """Whether somebody is shown as online."""
        return self.user(user_id).online

    def told(self) -> list[bool]:
        """Return what everybody was told of who is online, without registrations."""
        with self.sessions() as session:
            rows = session.execute(select(OUTBOX.c.type, OUTBOX.c.data).order_by(OUTBOX.c.position)).all()
        events = [decode(row.type, bytes(row.data)) for row in rows]
        return [
            bool(event.model["online"])
            for event in events
            if isinstance(event, UserUpdated) and event.model["updated_at"] != NOON.timestamp()
        ]

    def count(self, kind: type[Connection | Replica]) -> int:
        """Return how many are remembered."""
        with self.sessions() as session:
            return session.scalars(select(func.count()).select_from(kind)).one()


@pytest.fixture
def presence(sessions: Sessions) -> Presence:
    return Presence(sessions)


def register(sessions: Sessions, nicknames: Iterable[str]) -> list[int]:
    ids = []
    for nickname in nicknames:
        with sessions.begin() as session:
            ids.append(
                register_user(
                    session, nickname=nickname, password="x" * 8, credentials=RecordingCredentials(), now=NOON
                ).id
            )
    return ids


# Coming


def test_nobody_is_there_merely_for_having_registered(presence: Presence, ann: int) -> None:
    assert not presence.is_online(ann)


def test_whoever_connects_is_there_and_everybody_is_told_once(presence: Presence, ann: int) -> None:
    for _ in range(2):
        presence.connect(ann)
    presence.connect(ann, "c-2", replica="r-2")
    user = presence.user(ann)
    assert (user.online, user.updated_at, user.last_seen_at) == (True, LATER, LATER)
    assert presence.told() == [True]


def test_whoever_asks_something_is_there_and_everybody_is_told_once(presence: Presence, ann: int) -> None:
    presence.ask(ann)
    presence.now += SECOND
    presence.ask(ann)
    user = presence.user(ann)
    assert (user.online, user.updated_at, user.last_seen_at) == (True, LATER, LATER + SECOND)
    assert presence.told() == [True]


def test_a_request_of_long_ago_brings_nobody_back(presence: Presence, ann: int) -> None:
    presence.ask(ann, at=LATER - ONLINE_FOR)
    assert not presence.is_online(ann)
    assert presence.user(ann).last_seen_at == LATER - ONLINE_FOR


def test_requests_that_come_late_do_not_turn_back_time(presence: Presence, ann: int) -> None:
    presence.ask(ann)
    presence.ask(ann, at=LATER - SECOND)
    assert presence.user(ann).last_request_at == LATER


def test_somebody_who_is_not_registered_does_no_harm(presence: Presence, ann: int) -> None:
    presence.connect(ann + 1)
    presence.ask(ann + 1, ann)
    presence.disconnect(ann + 1)
    assert presence.is_online(ann)


def test_reading_is_no_news(presence: Presence, sessions: Sessions, ann: int) -> None:
    presence.ask(ann)
    with sessions() as session:
        cursor = follow_users(session, cursor=Cursor.since(0, epoch_of(sessions)), online=None, limit=9).cursor
    for _ in range(50):
        presence.now += SECOND / 10
        presence.ask(ann)
    with sessions() as session:
        assert follow_users(session, cursor=cursor, online=None, limit=9).rows == []
    user = presence.user(ann)
    assert (user.updated_at, user.version, user.last_request_at) == (LATER, 2, presence.now)


# Going


def test_of_two_tabs_one_is_enough(presence: Presence, ann: int) -> None:
    presence.connect(ann, "c-1")
    presence.connect(ann, "c-2", replica="r-2")
    presence.disconnect(ann, "c-1")
    presence.now += RELOAD
    assert presence.sweep() == 0
    presence.disconnect(ann, "c-2", replica="r-2")
    presence.now += RELOAD
    assert presence.sweep() == 1
    user = presence.user(ann)
    assert (user.online, user.updated_at, user.last_seen_at) == (False, presence.now, presence.now - RELOAD)
    assert presence.told() == [True, False]


def test_a_page_may_be_loaded_again(presence: Presence, ann: int) -> None:
    presence.connect(ann)
    presence.disconnect(ann)
    presence.now += RELOAD - SECOND
    assert presence.sweep() == 0
    presence.connect(ann, "c-2")
    presence.now += RELOAD
    assert presence.sweep() == 0
    assert presence.told() == [True]


def test_a_request_counts_for_a_minute(presence: Presence, ann: int) -> None:
    presence.ask(ann)
    presence.now += ONLINE_FOR - SECOND
    assert presence.sweep() == 0
    presence.now += SECOND
    assert presence.sweep() == 1
    assert presence.sweep() == 0
    assert not presence.is_online(ann)


def test_a_connection_outlasts_the_last_request(presence: Presence, ann: int) -> None:
    presence.ask(ann)
    presence.connect(ann)
    for _ in range(13):
        presence.now += timedelta(seconds=10)
        presence.beat()
        assert presence.sweep() == 0


def test_a_request_outlasts_the_last_connection(presence: Presence, ann: int) -> None:
    presence.connect(ann)
    presence.ask(ann)
    presence.disconnect(ann)
    presence.now += ONLINE_FOR - SECOND
    assert presence.sweep() == 0


def test_a_crowd_goes_bit_by_bit(presence: Presence, sessions: Sessions) -> None:
    statement = """
        INSERT INTO users (nickname, nickname_key, created_at, updated_at, last_seen_at, online)
        SELECT n, n, now(), now(), now(), true FROM generate_series(1, :count) AS n
    """
    with sessions.begin() as session:
        session.execute(text(statement), {"count": AT_A_TIME + 1})
    assert [presence.sweep() for _ in range(3)] == [AT_A_TIME, 1, 0]
    assert presence.told() == [False] * (AT_A_TIME + 1)


# Out of order


def test_a_connection_that_was_heard_to_be_closed_first_stays_closed(presence: Presence, ann: int) -> None:
    presence.disconnect(ann)
    presence.connect(ann)
    assert not presence.is_online(ann)
    assert presence.told() == []


def test_a_connection_that_is_closed_does_not_open_again(presence: Presence, ann: int) -> None:
    presence.connect(ann)
    presence.disconnect(ann)
    presence.now += RELOAD
    presence.sweep()
    presence.connect(ann)
    presence.disconnect(ann)
    assert not presence.is_online(ann)
    assert presence.told() == [True, False]


def test_a_second_goodbye_does_not_make_the_first_one_later(presence: Presence, ann: int) -> None:
    presence.connect(ann)
    presence.disconnect(ann)
    presence.now += RELOAD
    presence.disconnect(ann)
    assert presence.sweep() == 1


def test_the_same_may_come_twice_together(presence: Presence, sessions: Sessions, ann: int) -> None:
    come = ClientConnected(client_id="c-1", user_id=ann, replica="r-1")
    gone = ClientDisconnected(client_id="c-1", user_id=ann, replica="r-1")
    with sessions.begin() as session:
        open_connections(session, [come, come], now=LATER)
        close_connections(session, [gone, gone], now=LATER)
    assert presence.count(Connection) == 1


def test_two_people_on_one_connection_are_both_there(presence: Presence, sessions: Sessions, ann: int) -> None:
    [bob] = register(sessions, ["bob"])
    presence.connect(ann)
    presence.connect(bob)
    assert (presence.is_online(ann), presence.is_online(bob)) == (True, True)


# Replicas


def test_whoever_is_connected_to_a_replica_that_is_silent_goes(
    presence: Presence, sessions: Sessions, ann: int
) -> None:
    [bob] = register(sessions, ["bob"])
    presence.connect(ann, replica="r-1")
    presence.connect(bob, replica="r-2")
    presence.now += SILENCE - SECOND
    presence.beat("r-2")
    assert presence.sweep() == 0
    presence.now += SECOND
    assert presence.sweep() == 1
    assert (presence.is_online(ann), presence.is_online(bob)) == (False, True)


def test_where_nobody_has_listened_no_replica_is_silent(presence: Presence, ann: int) -> None:
    presence.connect(ann)
    presence.now += timedelta(minutes=10)
    assert presence.sweep(silence=None) == 0
    assert presence.is_online(ann)


@pytest.mark.parametrize(("seconds", "is_taken_offline"), [(29.9, False), (30.0, True)])
def test_the_sweeper_gives_up_a_replica_only_once_it_has_listened_for_long(
    presence: Presence,
    ann: int,
    seconds: float,
    is_taken_offline: bool,  # noqa: FBT001
) -> None:
    presence.connect(ann)
    presence.now += timedelta(minutes=10)
    listened = [0.0]
    attention = Attention(lambda: True, clock=lambda: listened[0])
    sweeper = Sweeper(presence.sessions, attention, clock=lambda: presence.now)
    for _ in range(5):
        sweeper.sweep()
        assert presence.is_online(ann)
        listened[0] += seconds / 5
    sweeper.sweep()
    assert presence.is_online(ann) is not is_taken_offline


def test_a_replica_that_speaks_again_brings_back_who_is_connected(
    presence: Presence, sessions: Sessions, ann: int
) -> None:
    [bob] = register(sessions, ["bob"])
    presence.connect(ann, "c-1")
    presence.connect(bob, "c-2")
    presence.disconnect(bob, "c-2")
    presence.now += SILENCE
    assert presence.sweep() == 2
    presence.beat()
    assert (presence.is_online(ann), presence.is_online(bob)) == (True, False)
    assert presence.told() == [True, True, False, False, True]


def test_a_connection_to_a_replica_that_is_silent_brings_nobody(presence: Presence, ann: int) -> None:
    presence.beat()
    presence.now += SILENCE
    presence.connect(ann)
    assert not presence.is_online(ann)


def test_what_was_closed_long_ago_is_forgotten_and_what_is_open_is_not(presence: Presence, ann: int) -> None:
    presence.connect(ann, "c-1")
    presence.disconnect(ann, "c-1")
    presence.connect(ann, "c-2")
    presence.now += REMEMBERED
    presence.beat()
    presence.forget()
    assert presence.count(Connection) == 2
    presence.now += SECOND
    presence.forget()
    assert (presence.count(Connection), presence.count(Replica)) == (1, 1)


def test_a_replica_that_is_long_gone_is_forgotten_with_its_connections(presence: Presence, ann: int) -> None:
    presence.connect(ann)
    presence.now += REMEMBERED + SECOND
    presence.forget()
    assert (presence.count(Connection), presence.count(Replica)) == (0, 0)


# At the same time


def test_whoever_comes_while_they_are_being_taken_offline_stays(presence: Presence, ann: int) -> None:
    presence.ask(ann)
    presence.now += ONLINE_FOR
    with ThreadPoolExecutor(1) as pool:
        with presence.sessions.begin() as session:
            assert take_offline(session, now=presence.now) == 1
            coming = pool.submit(presence.connect, ann)
            assert eventually(lambda: is_somebody_waiting(presence.sessions))
        coming.result()
    assert presence.is_online(ann)
    assert presence.told() == [True, False, True]


def test_whoever_is_heard_of_again_while_they_are_being_taken_offline_stays(presence: Presence, ann: int) -> None:
    presence.connect(ann)
    presence.now += SILENCE
    with ThreadPoolExecutor(1) as pool:
        with presence.sessions.begin() as session:
            assert take_offline(session, now=presence.now) == 1
            beating = pool.submit(presence.beat)
            assert eventually(lambda: is_somebody_waiting(presence.sessions))
        beating.result()
    assert presence.is_online(ann)


def test_whoever_is_coming_is_not_taken_offline(presence: Presence, ann: int) -> None:
    presence.ask(ann)
    presence.now += ONLINE_FOR
    event = ClientConnected(client_id="c-1", user_id=ann, replica="r-1")
    with presence.sessions.begin() as session:
        open_connections(session, [event], now=presence.now)
        assert presence.sweep() == 0
    assert presence.sweep() == 0
    assert presence.told() == [True]


def is_somebody_waiting(sessions: Sessions) -> bool:
    with sessions() as session:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(session.scalars(text(waiting)).one())


def test_all_but_when_they_were_last_there_changes_a_user(sessions: Sessions) -> None:
    columns = "SELECT event_object_column FROM information_schema.triggered_update_columns WHERE trigger_name = :name"
    with sessions() as session:
        feed = set(session.execute(text(columns), {"name": "count_change"}).scalars())
    assert {column.name for column in User.__table__.columns} - feed == {"id", "last_seen_at", "last_request_at"}


@pytest.mark.parametrize("online", [True, False])
def test_those_who_are_there_are_listed_by_an_index(sessions: Sessions, online: bool) -> None:  # noqa: FBT001
    many = """
        INSERT INTO users (nickname, nickname_key, created_at, updated_at, last_seen_at, online)
        SELECT md5(n), md5(n), now(), now(), now(), random() < 0.5
        FROM (SELECT CAST(random() AS text) FROM generate_series(1, 5000)) AS numbers (n)
    """
    for _ in range(2):
        with sessions.begin() as session:
            session.execute(text(many))
    asked: list[str] = []
    with sessions() as session:
        session.execute(text("ANALYZE users"))
        event.listen(
            sessions.kw["bind"],
            "after_cursor_execute",
            lambda _connection, cursor, *_: asked.append(cursor.query.decode()),
        )
        list_users(session, updated_since=NOON, online=online, limit=100)
        follow_users(session, cursor=Cursor.since(0, epoch_of(sessions)), online=online, limit=100)
        lists = [query for query in asked if "FROM users" in query]
        plans = ["\n".join(session.connection().exec_driver_sql(f"EXPLAIN {query}").scalars()) for query in lists]
    assert len(plans) == 2
    for plan, name in zip(plans, ["updated_at", "changed_xid"], strict=True):
        assert f"Index Scan using ix_users_{'online_' if online else ''}{name}" in plan
