"""The change feed survives a restored backup, and tells how far it is behind."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, sessionmaker

from messages.commands.feed import renew_epoch
from messages.domain import CursorExpiredError
from messages.models import Feed, Message
from messages.queries.feed import watch_horizon
from tests.integration.messages.chats import NOON
from tests.integration.messages.readers import Follower, epoch_of, post_many

Sessions = sessionmaker[Session]

DAWDLE = """
    CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_sleep(0.4);
        RETURN NEW;
    END $$
"""


def renew(sessions: Sessions) -> bool:
    with sessions.begin() as session:
        return renew_epoch(session)


def restore_elsewhere(sessions: Sessions) -> None:
    """Make the database look as if it came out of another cluster, where far more had happened."""
    with sessions.begin() as session:
        session.execute(text("ALTER TABLE messages DISABLE TRIGGER set_changed_xid"))
        session.execute(text("UPDATE messages SET changed_xid = '900000000000' WHERE id % 2 = 0"))
        session.execute(text("ALTER TABLE messages ENABLE ALWAYS TRIGGER set_changed_xid"))
        session.execute(update(Feed).values(history="another"))


@pytest.fixture
def posted(sessions: Sessions, ann: int) -> list[int]:
    renew(sessions)
    return post_many(sessions, ann, 6)


def test_an_epoch_lasts_as_long_as_its_database(sessions: Sessions, posted: list[int]) -> None:
    follower, epoch = Follower(sessions), epoch_of(sessions)
    assert follower.catch_up() == posted
    assert not renew(sessions)
    assert epoch_of(sessions) == epoch


def test_after_a_restore_old_cursors_are_refused_and_new_ones_miss_nothing(
    sessions: Sessions, posted: list[int], ann: int
) -> None:
    follower = Follower(sessions)
    follower.catch_up()
    restore_elsewhere(sessions)
    assert renew(sessions)
    with pytest.raises(CursorExpiredError):
        follower.catch_up()
    newcomer = Follower(sessions, limit=2)
    assert sorted(newcomer.catch_up()) == posted
    late = post_many(sessions, ann, 1)
    assert newcomer.catch_up() == late


def test_rows_that_keep_their_place_are_not_touched(sessions: Sessions, posted: list[int]) -> None:
    restore_elsewhere(sessions)
    before = dict(rows(sessions))
    renew(sessions)
    after = dict(rows(sessions))
    assert [each for each in posted if before[each] == after[each]] == [each for each in posted if each % 2]


def rows(sessions: Sessions) -> list[tuple[int, int]]:
    with sessions() as session:
        return [(row.id, row.changed_xid) for row in session.execute(select(Message.id, Message.changed_xid))]


def test_of_many_who_notice_a_restore_one_begins_the_epoch(sessions: Sessions, posted: list[int]) -> None:
    assert posted
    restore_elsewhere(sessions)
    assert [renew(sessions), renew(sessions)] == [True, False]


def test_the_age_of_the_horizon_is_that_of_the_oldest_writer_whom_others_overtook(sessions: Sessions, ann: int) -> None:
    age, second = watch_horizon(), timedelta(seconds=1)
    with sessions() as reader, sessions.begin() as writer:
        writer.execute(text("SELECT pg_current_xact_id()"))
        assert age(reader, NOON) == 0 * second
        post_many(sessions, ann, 1)
        reader.rollback()
        first, *later = [age(reader, NOON + n * second) for n in (1, 2, 4)]
        # Whatever the server itself did meanwhile may have overtaken the writer a second before we did.
        assert first in {0 * second, second}
        assert [each - first for each in later] == [second, 3 * second]
    with sessions() as reader:
        assert age(reader, NOON + 9 * second) == 0 * second


def test_rows_get_new_numbers_however_long_it_takes(sessions: Sessions, posted: list[int]) -> None:
    restore_elsewhere(sessions)
    with sessions.begin() as session:
        session.execute(text(DAWDLE))
        session.execute(text("CREATE TRIGGER dawdle BEFORE UPDATE ON messages FOR EACH ROW EXECUTE FUNCTION dawdle()"))
    with sessions.begin() as session:
        session.execute(text("SET LOCAL statement_timeout = '1s'"))
        assert renew_epoch(session)
    assert sorted(Follower(sessions).catch_up()) == posted
