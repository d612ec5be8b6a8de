from pathlib import Path

import pytest

from tools.native import install
from tools.native.errors import MissingProgramError


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The programs of a machine on which nobody may install any."""
    there = {"nginx", "npm", "chromium", "gcc", "apt-get"}
    monkeypatch.setattr(install, "find", lambda name: Path("/bin", name) if name in there else None)
    monkeypatch.setattr(install, "find_postgres", lambda: Path("/bin"))
    monkeypatch.setattr(install, "find_rabbitmq", lambda: Path("/bin/rabbitmq-server"))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    return there


def test_a_machine_that_has_everything_is_left_alone(programs: set[str]) -> None:
    assert "npm" in programs
    install.install_missing(with_browser=True)


def test_says_what_to_install_when_it_may_not(programs: set[str]) -> None:
    programs -= {"nginx"}
    with pytest.raises(MissingProgramError, match=r"^Missing: nginx\. Install with: apt-get install nginx$"):
        install.install_missing()


def test_says_what_is_missing_on_other_systems(programs: set[str]) -> None:
    programs -= {"nginx", "apt-get"}
    with pytest.raises(MissingProgramError, match=r"^Missing: nginx\. Please install"):
        install.install_missing()


def test_flack_runs_without_npm_and_without_a_browser(programs: set[str]) -> None:
    programs -= {"npm", "chromium"}
    install.install_missing()


def test_benchmarks_need_what_makes_load(programs: set[str]) -> None:
    install.install_missing()
    assert "wrk" not in programs
    with pytest.raises(MissingProgramError, match=r"^Missing: wrk\. Install with: apt-get install wrk$"):
        install.install_missing(with_load=True)


@pytest.mark.parametrize("who", ["with_compiler", "with_load"])
def test_benchmarks_and_their_tests_need_a_compiler(programs: set[str], who: str) -> None:
    programs |= {"wrk"}
    programs -= {"gcc"}
    install.install_missing()
    with pytest.raises(MissingProgramError, match=r"^Missing: gcc\. Install with: apt-get install build-essential$"):
        install.install_missing(**{who: True})


def test_the_tests_of_the_page_do_not(programs: set[str]) -> None:
    programs -= {"npm", "chromium"}
    with pytest.raises(MissingProgramError, match=r"^Missing: npm, Chromium\."):
        install.install_missing(with_browser=True)
