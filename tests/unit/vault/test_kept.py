from pathlib import Path

import pytest

from vault import Vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "secrets")


def test_a_secret_is_made_once_and_kept(vault: Vault, tmp_path: Path) -> None:
    assert vault.secret("one") == Vault(tmp_path / "secrets").secret("one")


def test_no_two_secrets_are_the_same(vault: Vault) -> None:
    assert vault.secret("one") != vault.secret("two")


def test_none_looks_like_an_option_of_a_command(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    made = iter(["-one", "--two", "three"])
    monkeypatch.setattr("vault.kept.secrets.token_urlsafe", lambda _bytes: next(made))
    assert vault.secret("one") == "three"


def test_only_the_owner_can_read_them(vault: Vault) -> None:
    assert vault.secret_file("one").stat().st_mode & 0o777 == 0o600
    assert vault.secret_file("one").parent.stat().st_mode & 0o777 == 0o700


def test_a_value_that_is_put_replaces_the_last_one(vault: Vault) -> None:
    vault.put("url", "old and long")
    assert vault.put("url", "new").read_text() == "new"
