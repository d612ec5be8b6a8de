"""Auth without its database."""

from datetime import UTC, datetime

import jwt
import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr

from auth.bootstrap import create_app
from auth.keyring import Key, Keyring
from auth.settings import WebSettings
from auth.signing import Signer
from chassis.clock import utc_now
from chassis.database import connect

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
SEALING_KEY = Fernet.generate_key().decode()


def key_of(signer: Signer, *, signs_from: datetime = LONG_AGO, trusted_until: datetime | None = None) -> Key:
    """Return a key of a ring."""
    return Key(signer.public_jwk, jwt.PyJWK(signer.public_jwk), signer, signs_from, trusted_until)


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    """One key that signs."""
    keys = [key_of(Signer.generate())]
    keyring = Keyring(lambda: keys, utc_now)
    keyring.refresh()
    return keyring


@pytest.fixture(scope="session")
def app(keyring: Keyring) -> Flask:
    """Auth as gunicorn serves it; whatever needs the database is 503."""
    settings = WebSettings(
        database_url=SecretStr("postgresql://nobody@127.0.0.1:1/auth"),
        key_encryption_key=SecretStr(SEALING_KEY),
        service_credential=SecretStr("open sesame"),
    )
    return create_app(settings, connect(settings.database_url, name="test"), keyring)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
