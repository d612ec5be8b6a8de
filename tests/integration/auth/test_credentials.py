"""What users log in with, on a real database."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from auth.commands.sessions import open_session
from auth.domain.credentials import UnknownCredentialsError
from auth.queries import is_revoked
from tests.integration.auth.conftest import HOUR, NOON, Auth
from tests.people import eventually


def test_a_nickname_is_found_in_any_case_and_composition(auth: Auth) -> None:
    auth.give(1, "Andr\u00e9")
    assert auth.owner("ANDRE\u0301") == 1
    assert auth.owner("andre") is None
    assert auth.owner("\0") is None


def test_a_nickname_left_by_an_unfinished_registration_goes_to_the_next(auth: Auth) -> None:
    auth.give(1, "ann")
    auth.give(2, "Ann")
    assert auth.owner("ann") == 2


def test_whoever_a_nickname_was_taken_from_keeps_their_password(auth: Auth) -> None:
    auth.give(1, "ann")
    auth.give(2, "Ann")
    auth.change(1, nickname="annie")
    assert (auth.owner("ann"), auth.owner("annie")) == (2, 1)
    assert auth.credential("annie").password_hash == "x"


def test_a_new_nickname_leaves_password_and_sessions_alone(auth: Auth, ann: str) -> None:
    auth.log_in(ann)
    assert auth.change(1, nickname="Annie") == 0
    assert (auth.owner("ann"), auth.owner("annie")) == (None, 1)
    assert auth.credential("annie").password_hash == "x"
    assert auth.told() == set()


def test_a_new_password_ends_every_session_of_its_owner_and_no_other(auth: Auth, ann: str) -> None:
    auth.give(2, "bob")
    ended = {str(auth.log_in(ann).session_id) for _ in range(3)}
    going_on = auth.log_in("bob").session_id
    auth.log_in(ann, now=NOON - 1000 * HOUR)
    assert auth.change(1, password_hash="y") == 3
    assert auth.credential(ann).password_hash == "y"
    assert auth.told() == ended
    with auth.sessions() as session:
        assert not is_revoked(session, str(going_on))


def test_whoever_logs_in_with_a_password_that_is_being_replaced_is_refused(auth: Auth, ann: str) -> None:
    looked_at = auth.credential(ann)
    auth.change(1, password_hash="y")
    with pytest.raises(UnknownCredentialsError), auth.sessions.begin() as session:
        open_session(session, looked_at, token_lifetime=HOUR, now=NOON)


def test_a_login_that_comes_just_before_a_new_password_is_ended_by_it(auth: Auth, ann: str) -> None:
    looked_at = auth.credential(ann)
    with ThreadPoolExecutor(1) as pool:
        with auth.sessions.begin() as session:
            grant = open_session(session, looked_at, token_lifetime=HOUR, now=NOON)
            session.flush()
            changing = pool.submit(auth.change, 1, password_hash="y")
            assert eventually(lambda: is_somebody_waiting(auth.sessions))
        changing.result()
    assert auth.told() == {str(grant.session_id)}


def is_somebody_waiting(sessions: sessionmaker[Session]) -> bool:
    with sessions() as session:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(session.scalars(text(waiting)).one())


def test_a_password_that_is_hashed_anew_stays_the_same_password(auth: Auth, ann: str) -> None:
    looked_at = auth.credential(ann)

    def log_in(new_hash: str) -> bool:
        try:
            with auth.sessions.begin() as session:
                open_session(session, looked_at, token_lifetime=HOUR, new_hash=new_hash, now=NOON)
        except UnknownCredentialsError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(log_in, ["y1", "y2", "y3", "y4"]))
    assert sum(done) == 1, "the others look again"
    assert auth.credential(ann).password_hash == f"y{done.index(True) + 1}"
    assert auth.told() == set()


def test_nobody_changes_credentials_that_are_not_there(auth: Auth) -> None:
    with pytest.raises(UnknownCredentialsError):
        auth.change(1, nickname="ann")


def test_setting_credentials_again_replaces_them(auth: Auth) -> None:
    auth.give(1, "ann")
    auth.give(1, "annie")
    assert (auth.owner("ann"), auth.owner("annie")) == (None, 1)
