"""What another service has given up is not done behind its back; on a real database."""

import time
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import Engine

from auth.bootstrap import create_app, create_keyring
from auth.queries import credential_of
from auth.settings import WebSettings
from chassis.database import create_sessions
from chassis.internal import CREDENTIAL_HEADER, DEADLINE_HEADER
from tests.integration.auth.conftest import Auth

INSIDE = "http://auth:8001"


@pytest.fixture
def engine(database_of: Callable[[str], Engine]) -> Engine:
    return database_of("auth")


@pytest.fixture
def auth(engine: Engine) -> Auth:
    return Auth(create_sessions(engine))


@pytest.fixture
def client(engine: Engine, auth: Auth) -> FlaskClient:
    settings = WebSettings(
        database_url=SecretStr(str(engine.url)),
        key_encryption_key=SecretStr("A" * 43),
        service_credential=SecretStr("open sesame"),
    )
    return create_app(settings, engine, create_keyring(auth.sessions, settings)).test_client()


def call(client: FlaskClient, method: str, user_id: int, body: object, *, deadline: float) -> int:
    headers = {CREDENTIAL_HEADER: "open sesame", DEADLINE_HEADER: str(deadline)}
    path = f"/internal/credentials/{user_id}"
    return client.open(path, method=method, json=body, headers=headers, base_url=INSIDE).status_code


@pytest.mark.parametrize(("seconds", "status", "owner"), [(-0.001, 503, 14), (60, 204, 13)])
def test_a_registration_that_was_given_up_takes_no_nickname(
    client: FlaskClient, auth: Auth, seconds: float, status: int, owner: int
) -> None:
    auth.give(14, "ann")
    body = {"nickname": "ann", "password": "hunter22"}
    assert call(client, "PUT", 13, body, deadline=time.time() + seconds) == status
    assert auth.owner("ann") == owner


def test_a_change_that_was_given_up_changes_nothing(client: FlaskClient, auth: Auth) -> None:
    auth.give(1, "ann")
    session_id = auth.log_in("ann").session_id
    late = {"nickname": "bob", "password": "hunter22"}
    assert call(client, "PATCH", 1, late, deadline=time.time() - 1) == 503
    with auth.sessions() as session:
        credential = credential_of(session, "ann")
    assert credential is not None
    assert credential.password_hash == "x"
    assert str(session_id) not in auth.told()
