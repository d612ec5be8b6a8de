from pathlib import Path

import pytest

from tools.standins.base import base_definition
from tools.standins.errors import StandInError
from tools.standins.trust import SYSTEM_BUNDLE, host_bundle


def test_the_certificates_that_somebody_names_are_trusted(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.crt"
    bundle.touch()
    assert host_bundle({"SSL_CERT_FILE": str(bundle)}) == bundle


def test_certificates_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StandInError, match=r"^SSL_CERT_FILE names a file that is not there: "):
        host_bundle({"SSL_CERT_FILE": str(tmp_path / "bundle.crt")})


def test_the_certificates_that_an_administrator_added_are_trusted(tmp_path: Path) -> None:
    (tmp_path / "company").mkdir()
    (tmp_path / "company" / "ca.crt").touch()
    assert host_bundle({}, added=tmp_path) == SYSTEM_BUNDLE


def test_an_ordinary_machine_has_nothing_to_add(tmp_path: Path) -> None:
    assert host_bundle({}, added=tmp_path) is None


def test_other_certificates_are_another_base(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.crt"
    bundle.write_text("one")
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    before = base_definition()
    bundle.write_text("another")
    assert base_definition() != before
