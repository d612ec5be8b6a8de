import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.native.errors import HomeTakenError
from tools.native.home import Home

HOLD = """
import sys
from pathlib import Path
from tools.native.home import Home
home = Home(Path(sys.argv[1]))
home.claim()
if "stopping" in sys.argv:
    home.announce_stop()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "home")
    yield home
    home.release()


def test_a_home_has_one_runner_at_a_time(home: Home) -> None:
    with _holder(home.path) as other, pytest.raises(HomeTakenError, match=rf"already running .*process {other.pid}"):
        home.claim()


def test_a_runner_that_was_killed_holds_nothing(home: Home) -> None:
    with _holder(home.path) as other:
        other.kill()
        other.wait()
        home.claim()


def test_whoever_comes_during_a_stop_waits_for_its_end(home: Home) -> None:
    with _holder(home.path, "stopping") as other:
        assert other.stdin
        other.stdin.close()
        home.claim()


def test_a_released_home_can_be_claimed_again(home: Home) -> None:
    home.claim()
    home.release()
    home.claim()


def test_an_emptied_home_keeps_what_was_fetched(home: Home) -> None:
    home.claim()
    (home.path / "postgres" / "data").mkdir(parents=True)
    (home.path / "npm").mkdir()
    home.empty()
    assert sorted(entry.name for entry in home.path.iterdir()) == ["lock", "npm"]


def _holder(path: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(path), *words]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    return holder
