"""Sessions begin, are prolonged with refresh tokens, and end; on a real database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from auth.commands.sessions import forget_refresh_tokens, forget_sessions, prolong_session, revoke_session
from auth.domain.refresh_tokens import REFRESH_LIFETIME, RETRY_WINDOW, Use
from auth.models import LoginSession, RefreshToken
from auth.queries import is_revoked, revocations, sessions_of
from chassis.clock import epoch_seconds
from chassis.outbox import OUTBOX
from chassis.tokens import LEEWAY_SECONDS
from tests.integration.auth.conftest import HOUR, NOON, Auth

MOMENT = timedelta(seconds=1)


def prolong(auth: Auth, refresh_token: str, *, now: datetime = NOON) -> tuple[Use, str | None]:
    with auth.sessions.begin() as session:
        use, grant = prolong_session(session, refresh_token, token_lifetime=HOUR, now=now)
    return use, grant.refresh_token if grant else None


def next_of(auth: Auth, refresh_token: str, *, now: datetime = NOON) -> str:
    _, successor = prolong(auth, refresh_token, now=now)
    assert successor is not None
    return successor


def is_over(auth: Auth, session_id: UUID) -> bool:
    with auth.sessions() as session:
        return is_revoked(session, str(session_id))


def end(auth: Auth, session_id: UUID, *, now: datetime = NOON) -> int:
    with auth.sessions.begin() as session:
        return revoke_session(session, session_id, now=now)


def test_a_session_goes_on_with_one_token_after_the_other(auth: Auth, ann: str) -> None:
    grant = auth.log_in(ann)
    tokens = [grant.refresh_token]
    for day in range(1, 61):
        tokens.append(next_of(auth, tokens[-1], now=NOON + timedelta(days=day)))
    assert len(set(tokens)) == 61
    assert not is_over(auth, grant.session_id)


def test_a_token_speaks_for_the_session_that_it_is_of(auth: Auth, ann: str) -> None:
    grants = [auth.log_in(ann), auth.log_in(ann)]
    with auth.sessions.begin() as session:
        _, prolonged = prolong_session(session, grants[1].refresh_token, token_lifetime=HOUR, now=NOON)
    assert prolonged is not None
    assert (prolonged.user_id, prolonged.session_id) == (1, grants[1].session_id)


def test_whoever_lost_the_answer_gets_the_same_again(auth: Auth, ann: str) -> None:
    token = auth.log_in(ann).refresh_token
    successor = next_of(auth, token)
    assert prolong(auth, token, now=NOON + RETRY_WINDOW) == (Use.REPEATED, successor)
    assert prolong(auth, successor, now=NOON + RETRY_WINDOW)[0] is Use.FIRST


def test_many_who_ask_at_once_get_the_same(auth: Auth, ann: str) -> None:
    token = auth.log_in(ann).refresh_token
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: prolong(auth, token), range(24)))
    assert [use for use, _ in answers].count(Use.FIRST) == 1
    assert len({successor for _, successor in answers}) == 1


@pytest.mark.parametrize("late", [RETRY_WINDOW + MOMENT, timedelta(days=1)])
def test_a_token_that_is_used_again_ends_its_session(auth: Auth, ann: str, late: timedelta) -> None:
    grant, other = auth.log_in(ann), auth.log_in(ann)
    successor = next_of(auth, grant.refresh_token)
    assert prolong(auth, grant.refresh_token, now=NOON + late) == (Use.REUSED, None)
    assert is_over(auth, grant.session_id)
    assert auth.told() == {str(grant.session_id)}
    assert prolong(auth, successor, now=NOON + late) == (Use.FIRST, None), "whoever has it"
    assert not is_over(auth, other.session_id)


def test_a_token_that_is_used_after_its_successor_ends_its_session(auth: Auth, ann: str) -> None:
    grant = auth.log_in(ann)
    latest = next_of(auth, next_of(auth, grant.refresh_token))
    assert prolong(auth, grant.refresh_token, now=NOON + MOMENT) == (Use.REUSED, None)
    assert is_over(auth, grant.session_id)
    assert prolong(auth, latest, now=NOON + MOMENT) == (Use.FIRST, None)


def test_a_token_that_nobody_gave_out_ends_nothing(auth: Auth, ann: str) -> None:
    grant = auth.log_in(ann)
    for invented in ("", "x", str(grant.session_id), grant.refresh_token.swapcase()):
        assert prolong(auth, invented) == (Use.FIRST, None)
    assert not is_over(auth, grant.session_id)


def test_a_token_runs_out_after_thirty_days(auth: Auth, ann: str) -> None:
    grant = auth.log_in(ann)
    assert prolong(auth, grant.refresh_token, now=NOON + REFRESH_LIFETIME) == (Use.FIRST, None)
    assert not is_over(auth, grant.session_id), "that is no theft"


def test_a_session_that_has_ended_is_not_prolonged(auth: Auth, ann: str) -> None:
    grant = auth.log_in(ann)
    end(auth, grant.session_id)
    assert prolong(auth, grant.refresh_token) == (Use.FIRST, None)


def test_nothing_that_is_kept_is_a_token(auth: Auth, ann: str) -> None:
    token = auth.log_in(ann).refresh_token
    tokens = {token.encode() for token in (token, next_of(auth, token))}
    with auth.sessions() as session:
        rows = session.scalars(select(RefreshToken)).all()
    kept = {bytes(part) for row in rows for part in (row.digest, row.successor_salt) if part}
    assert len(kept) == 3
    assert not any(token in part or part in token for token in tokens for part in kept)


def test_a_session_that_ended_is_told_once_and_read_back_until_its_last_token_runs_out(auth: Auth, ann: str) -> None:
    ended, going_on = auth.log_in(ann), auth.log_in(ann)
    next_of(auth, ended.refresh_token, now=NOON + HOUR)
    assert [end(auth, ended.session_id, now=NOON + HOUR) for _ in range(2)] == [1, 0]
    assert is_over(auth, ended.session_id)
    assert not is_over(auth, going_on.session_id)
    assert auth.told() == {str(ended.session_id)}
    last = NOON + 2 * HOUR
    told = {"session_id": str(ended.session_id), "expires_at": epoch_seconds(last) + LEEWAY_SECONDS}
    with auth.sessions() as session:
        assert revocations(session, since=NOON, now=last) == [told]
        assert revocations(session, since=NOON + HOUR + MOMENT, now=last) == []
        assert revocations(session, since=NOON, now=last + timedelta(seconds=LEEWAY_SECONDS)) == []
        assert session.scalar(select(func.count()).select_from(OUTBOX)) == 1


def test_sessions_of_a_user_are_listed_while_they_go_on(auth: Auth, ann: str) -> None:
    auth.give(2, "bob")
    grants = [auth.log_in(ann), auth.log_in(ann, now=NOON + MOMENT), auth.log_in("bob")]
    end(auth, auth.log_in(ann).session_id)
    with auth.sessions() as session:
        assert [each.id for each in sessions_of(session, 1, now=NOON)] == [grant.session_id for grant in grants[:2]]
        assert sessions_of(session, 1, now=NOON + REFRESH_LIFETIME + MOMENT) == []


def test_what_is_good_for_nothing_any_more_is_forgotten(auth: Auth, ann: str) -> None:
    prolonged, abandoned, ended = (auth.log_in(ann) for _ in range(3))
    end(auth, ended.session_id)
    token = next_of(auth, prolonged.refresh_token, now=NOON + timedelta(days=20))
    count = select(func.count())
    for now, sessions, tokens in [(NOON, 3, 4), (NOON + 2 * HOUR, 2, 3), (NOON + REFRESH_LIFETIME + MOMENT, 1, 1)]:
        with auth.sessions.begin() as session:
            forget_sessions(session, now=now)
            forget_refresh_tokens(session, now=now)
            assert session.scalar(count.select_from(LoginSession)) == sessions
            assert session.scalar(count.select_from(RefreshToken)) == tokens
    assert abandoned.session_id != prolonged.session_id
    assert prolong(auth, token, now=NOON + REFRESH_LIFETIME + MOMENT)[1]
