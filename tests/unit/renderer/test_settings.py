"""The API of the renderer does not start without the credential, and needs nothing else."""

import pytest

from chassis.settings import SettingsError
from renderer.settings import WebSettings


def test_the_api_needs_the_credential() -> None:
    with pytest.raises(SettingsError, match="SERVICE_CREDENTIAL is missing"):
        WebSettings.from_env({"SERVICE_CREDENTIAL": ""})


def test_the_api_needs_no_broker_and_shows_no_secret() -> None:
    settings = WebSettings.from_env({"SERVICE_CREDENTIAL": "open sesame"})
    assert settings.internal_port == 8001
    assert "sesame" not in repr(settings)
