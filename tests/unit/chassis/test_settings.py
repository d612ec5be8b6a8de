"""Settings come from the environment, all at once or not at all."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from chassis.settings import EnvSettings, SettingsError


class Settings(EnvSettings):
    """What the tests need."""

    database_url: SecretStr
    amqp_url: str
    batch: int = 200
    verbose: bool = False


COMPLETE = {"DATABASE_URL": "postgresql://ann:hunter2@db", "AMQP_URL": "amqp://mq"}


def test_a_field_is_the_variable_of_its_name_in_capitals() -> None:
    settings = Settings.from_env({**COMPLETE, "BATCH": "7", "VERBOSE": "true", "HOME": "/root"})
    assert settings.database_url.get_secret_value() == "postgresql://ann:hunter2@db"
    assert (settings.amqp_url, settings.batch, settings.verbose) == ("amqp://mq", 7, True)


def test_what_has_a_default_may_be_missing() -> None:
    assert Settings.from_env(COMPLETE).batch == 200


def test_every_missing_variable_is_named() -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.from_env({})
    assert str(refusal.value) == "DATABASE_URL is missing; AMQP_URL is missing"


def test_an_empty_variable_is_as_good_as_missing() -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL is missing"):
        Settings.from_env({**COMPLETE, "DATABASE_URL": ""})
    assert Settings.from_env({**COMPLETE, "BATCH": ""}).batch == 200


def test_every_variable_that_makes_no_sense_is_named() -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.from_env({**COMPLETE, "BATCH": "many", "VERBOSE": "perhaps"})
    assert "BATCH: " in str(refusal.value)
    assert "VERBOSE: " in str(refusal.value)


def test_a_refusal_does_not_repeat_the_values() -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.from_env({**COMPLETE, "BATCH": "hunter2"})
    assert "hunter2" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_a_secret_is_not_shown() -> None:
    assert "hunter2" not in repr(Settings.from_env(COMPLETE))


def test_settings_do_not_change() -> None:
    settings = Settings.from_env(COMPLETE)
    with pytest.raises(ValidationError):
        settings.batch = 1


def test_a_value_may_be_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "database_url"
    secret.write_text("postgresql://grüß@db\n", encoding="utf-8")
    settings = Settings.from_env({"DATABASE_URL_FILE": str(secret), "AMQP_URL": "amqp://mq"})
    assert settings.database_url.get_secret_value() == "postgresql://grüß@db"


def test_the_file_wins_over_the_variable(tmp_path: Path) -> None:
    secret = tmp_path / "amqp_url"
    secret.write_text("amqp://file", encoding="utf-8")
    assert Settings.from_env({**COMPLETE, "AMQP_URL_FILE": str(secret)}).amqp_url == "amqp://file"


def test_a_file_without_a_name_is_no_file() -> None:
    assert Settings.from_env({**COMPLETE, "AMQP_URL_FILE": ""}).amqp_url == "amqp://mq"


def test_an_empty_file_is_as_good_as_missing(tmp_path: Path) -> None:
    secret = tmp_path / "amqp_url"
    secret.write_text(" \n", encoding="utf-8")
    with pytest.raises(SettingsError, match=f"AMQP_URL is missing: {secret} is empty"):
        Settings.from_env({**COMPLETE, "AMQP_URL_FILE": str(secret)})


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["no file", "no text"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    secret = tmp_path / "amqp_url"
    if content is not None:
        secret.write_bytes(content)
    with pytest.raises(SettingsError, match=f"AMQP_URL_FILE: cannot read {secret}"):
        Settings.from_env({**COMPLETE, "AMQP_URL_FILE": str(secret)})


def test_every_file_that_cannot_be_read_is_named_beside_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.from_env({"AMQP_URL_FILE": str(tmp_path / "a"), "BATCH_FILE": str(tmp_path)})
    assert "DATABASE_URL is missing" in str(refusal.value)
    assert f"AMQP_URL_FILE: cannot read {tmp_path / 'a'}" in str(refusal.value)
    assert f"BATCH_FILE: cannot read {tmp_path}" in str(refusal.value)
    assert "AMQP_URL is missing" not in str(refusal.value)


def test_whoever_may_not_read_a_file_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(SettingsError, match=r"AMQP_URL_FILE: cannot read .*Permission denied"):
        Settings.from_env({**COMPLETE, "AMQP_URL_FILE": str(tmp_path / "amqp_url")})
