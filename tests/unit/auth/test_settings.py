"""Auth does not start without its secrets."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from auth.settings import WebSettings
from chassis.settings import SettingsError

KEY = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
COMPLETE = {"DATABASE_URL": "postgresql://db", "SIGNING_KEY": KEY, "SERVICE_CREDENTIAL": "open sesame"}


@pytest.mark.parametrize("name", COMPLETE)
def test_a_secret_has_no_default(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is missing"):
        WebSettings.from_env({**COMPLETE, name: ""})


def test_no_secret_is_shown() -> None:
    shown = repr(WebSettings.from_env(COMPLETE))
    assert not any(value in shown for value in COMPLETE.values())
