"""Operators are told in one line what is wrong."""

import subprocess
import sys

import pytest

from auth.cli import main
from tests.unit.auth.conftest import SEALING_KEY

AWAY = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/auth", "KEY_ENCRYPTION_KEY": SEALING_KEY}


@pytest.mark.parametrize("argv", [["rotate-keys"], ["sessions", "ann"], ["end-sessions", "ann"]])
def test_a_database_that_is_away_is_one_line(argv: list[str]) -> None:
    # As a process of its own: it says for good where what it logs goes.
    command = [sys.executable, "-m", "auth", *argv]
    done = subprocess.run(command, env=AWAY, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    last = done.stderr.splitlines()[-1]
    assert last.startswith("auth: ")
    assert "Connection refused" in last


@pytest.mark.parametrize("argv", [[], ["sessions"], ["end-sessions", "ann", "no-uuid"], ["rotate"], ["migrate", "now"]])
def test_what_makes_no_sense_shows_how_it_is_used(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv, AWAY)
    assert ended.value.code == 2
    assert "usage: python -m auth" in capsys.readouterr().err
