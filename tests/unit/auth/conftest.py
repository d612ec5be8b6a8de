"""Auth without its database."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr

from auth.bootstrap import create_app
from auth.settings import WebSettings
from chassis.database import connect


@pytest.fixture(scope="session")
def pem() -> SecretStr:
    key = Ed25519PrivateKey.generate()
    return SecretStr(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


@pytest.fixture(scope="session")
def app(pem: SecretStr) -> Flask:
    """Auth as gunicorn serves it; whatever needs the database is 503."""
    settings = WebSettings(
        database_url=SecretStr("postgresql://nobody@127.0.0.1:1/auth"),
        signing_key=pem,
        service_credential=SecretStr("open sesame"),
    )
    return create_app(settings, connect(settings.database_url, name="test"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
