"""What operators can do by hand: `python -m auth …`."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.conftest import in_containers
from tests.e2e.test_tokens import is_logged_in, refresh
from tests.people import PASSWORD, Person, eventually, listening
from tests.project import Project
from tools.native import Stack

Operate = Callable[..., str]
SECONDS = 60


@pytest.fixture
def operate(request: pytest.FixtureRequest) -> Operate:
    """Runs a command of auth, as an operator would, and returns what it prints."""
    if in_containers(request):
        project: Project = request.getfixturevalue("project")
        return lambda *arguments: project.exec("auth", "python", "-m", "auth", *arguments)
    stack: Stack = request.getfixturevalue("stack")
    environment = stack.process("auth").program.environment

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "auth", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def session_ids(listed: str) -> list[str]:
    return [line.split()[0] for line in listed.splitlines()]


def test_the_sessions_of_a_user_are_listed(operate: Operate, ann: Person) -> None:
    [first] = session_ids(operate("sessions", ann.nickname.upper()))
    ann.log_in()
    assert first in session_ids(operate("sessions", ann.nickname))
    assert len(session_ids(operate("sessions", ann.nickname))) == 2


def test_one_session_is_ended_and_no_other(operate: Operate, ann: Person, bob: Person) -> None:
    ended = ann.token
    [session_id] = session_ids(operate("sessions", ann.nickname))
    ann.log_in()
    assert operate("end-sessions", bob.nickname, session_id) == "0 ended.\n", "it is not his"
    assert operate("end-sessions", ann.nickname, session_id) == "1 ended.\n"
    assert eventually(lambda: not is_logged_in(ann, ended))
    assert is_logged_in(ann, ann.token)
    assert session_id not in operate("sessions", ann.nickname)


def test_all_sessions_are_ended_and_whoever_is_connected_hears_of_it(
    operate: Operate, base_url: str, ann: Person
) -> None:
    with listening(base_url, token=ann.token) as listener:
        ann.log_in()
        assert operate("end-sessions", ann.nickname) == "2 ended.\n"
        assert listener.hears(lambda: listener.ends == 1)
    assert eventually(lambda: not is_logged_in(ann, ann.token))
    assert refresh(ann, ann.refresh_token).status_code == 401
    assert operate("sessions", ann.nickname) == f"{ann.nickname} has no session.\n"


def test_a_password_is_reset(operate: Operate, ann: Person) -> None:
    before = ann.token
    words = operate("reset-password", ann.nickname).split()
    password = words[words.index("with") + 1]
    assert eventually(lambda: not is_logged_in(ann, before))
    answers = [ann.call("POST", "/tokens", auth=(ann.nickname, each)) for each in (PASSWORD, password)]
    assert [answer.status_code for answer in answers] == [401, 200]


def test_a_user_is_found_by_id_too(operate: Operate, ann: Person) -> None:
    assert operate("sessions", f"id:{ann.id}") == operate("sessions", ann.nickname)


def test_somebody_who_is_not_there_is_a_clear_line(operate: Operate, request: pytest.FixtureRequest) -> None:
    expected = Exception if in_containers(request) else AssertionError
    for command in ("sessions", "end-sessions", "reset-password"):
        for name in ("nobody at all", "id:4611686018427387904", f"id:{10**30}", "id:x", "id:"):
            with pytest.raises(expected, match=f"Nobody logs in as '{name}'"):
                operate(command, name)
