from pathlib import Path

import pytest

from tools.native.environment import child_environment, passed_on


def test_a_child_gets_what_it_needs_and_nothing_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/bin")
    monkeypatch.setenv("DATABASE_URL", "of somebody else")
    environment = child_environment(Path("/home/x"), AUTH_URL="http://auth")
    assert environment["PATH"] == "/bin"
    assert environment["AUTH_URL"] == "http://auth"
    assert "DATABASE_URL" not in environment


def test_settings_of_services_are_passed_on_when_set() -> None:
    assert passed_on({"ANONYMOUS_READ": "false", "SECRET": "x"}) == {"ANONYMOUS_READ": "false"}
