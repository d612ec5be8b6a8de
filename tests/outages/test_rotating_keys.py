"""Signing keys are rotated while everybody works, and nobody notices."""

import itertools
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest

from auth.commands.keys import PUBLISHED_BEFORE
from tests.people import PASSWORD, Person, eventually
from tools.native import Stack

AFTER_SECONDS = 10.0
PAUSE_SECONDS = 0.05


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def rotate(stack: Stack) -> None:
    environment = stack.process("auth").program.environment
    subprocess.run([sys.executable, "-m", "auth", "rotate-keys"], env=environment, check=True, timeout=60)


def again_and_again(do: Callable[[], int], stopping: threading.Event) -> Counter[int]:
    """Do it until *stopping* is set, and count the answers."""
    answers: Counter[int] = Counter()
    while not stopping.wait(PAUSE_SECONDS):
        answers[do()] += 1
    return answers


@pytest.mark.timeout(240)
def test_nobody_notices_that_keys_are_rotated(stack: Stack, ann: Person, base_url: str) -> None:
    old_token, people = ann.token, [Person(base_url) for _ in range(3)]
    names = itertools.cycle(people)

    def log_in() -> int:
        person = next(names)
        answer = person.call("POST", "/tokens", auth=(person.nickname, PASSWORD))
        if answer.status_code == 200:
            person.take(answer.json())
        return answer.status_code

    def refresh() -> int:
        answer = ann.call("PUT", "/tokens", json={"refresh_token": ann.refresh_token})
        if answer.status_code == 200:
            ann.take(answer.json())
        return answer.status_code

    work: dict[str, Callable[[], int]] = {
        "logs in": log_in,
        "refreshes": refresh,
        "reads": lambda: people[0].call("GET", "/users/me").status_code,
        "posts": lambda: people[1].call("POST", "/messages", json={"source": "meanwhile"}).status_code,
        "has an old token": lambda: (
            people[2].call("GET", "/users/me", headers={"Authorization": f"Bearer {old_token}"}).status_code
        ),
    }
    stopping = threading.Event()
    with ThreadPoolExecutor(len(work)) as pool:
        working = {name: pool.submit(again_and_again, do, stopping) for name, do in work.items()}
        rotate(stack)
        seconds = PUBLISHED_BEFORE.total_seconds()
        assert eventually(lambda: kid_of(ann.token) != kid_of(old_token), seconds=2 * seconds)
        time.sleep(AFTER_SECONDS)
        stopping.set()
        answers = {name: done.result() for name, done in working.items()}
    assert all(set(counted) <= {200, 202} and counted.total() > AFTER_SECONDS for counted in answers.values()), answers
