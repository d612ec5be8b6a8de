"""What logging in takes, what it tells whoever guesses, and whom it keeps waiting; and how soon a session is over.

`python -m bench.logins` measures a system that it starts for itself.
"""

import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

import requests

from tests.people import PASSWORD, Person, eventually, listening
from tools.native import Stack

HOME = Path(__file__).parents[1] / ".flack" / "bench"
TRIES = 200
USERS = 4  # so that none has too many wrong passwords in a row
CROWD = 50
ROUNDS = 5
ENDS = 30
DEADLINE_SECONDS = 30


def seconds_of(do: Callable[[], object]) -> float:
    """Return how long it takes."""
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def known_and_unknown(stack: Stack) -> None:
    """Compare wrong passwords of users that there are with those of users that there are not."""
    people = [Person(stack.base_url) for _ in range(USERS)]
    nicknames = {"known": [each.nickname for each in people], "unknown": [f"{each.nickname}-no" for each in people]}
    taken: dict[str, list[float]] = {kind: [] for kind in nicknames}
    with requests.Session() as http:

        def log_in(nickname: str) -> None:
            answer = http.post(
                f"{stack.base_url}/api/v1/tokens", auth=(nickname, "a wrong password"), timeout=DEADLINE_SECONDS
            )
            assert answer.status_code == HTTPStatus.UNAUTHORIZED, answer.text

        for number in range(TRIES):
            kinds = sorted(nicknames, reverse=bool(number % 2))
            for kind in kinds:
                nickname = nicknames[kind][number % USERS]
                taken[kind].append(seconds_of(lambda nickname=nickname: log_in(nickname)))  # type: ignore[misc]
    medians = {kind: 1000 * statistics.median(values) for kind, values in taken.items()}
    difference = abs(medians["known"] / medians["unknown"] - 1)
    print(f"wrong password, {TRIES} tries each in turns: medians ", end="")
    print(f"{medians['known']:.2f} ms known, {medians['unknown']:.2f} ms unknown, {difference:.1%} apart")


def crowd(stack: Stack) -> None:
    """Look how long others wait while many log in at the same time."""
    person = Person(stack.base_url)
    address = stack.process("auth").program.command
    port = address[address.index("--bind") + 1]
    paths = {"/livez": f"http://{port}/livez", "JWKS": f"{stack.base_url}/.well-known/jwks.json"}
    waits: dict[str, list[float]] = {name: [] for name in paths}
    rates: list[float] = []

    def log_in() -> int:
        return requests.post(
            f"{stack.base_url}/api/v1/tokens", auth=(person.nickname, PASSWORD), timeout=DEADLINE_SECONDS
        ).status_code

    with ThreadPoolExecutor(CROWD) as pool, requests.Session() as http:
        for _ in range(ROUNDS):
            began = time.perf_counter()
            logins = [pool.submit(log_in) for _ in range(CROWD)]
            while not all(login.done() for login in logins):
                for name, url in paths.items():
                    waits[name].append(seconds_of(lambda url=url: http.get(url, timeout=DEADLINE_SECONDS)))  # type: ignore[misc]
            assert {login.result() for login in logins} == {200}
            rates.append(CROWD / (time.perf_counter() - began))
    print(f"{CROWD} logins at once, {ROUNDS} times: {statistics.median(rates):.0f} a second; meanwhile", end="")
    for name, values in waits.items():
        worst = 1000 * max(values)
        print(f" {name} {1000 * statistics.median(values):.1f} ms at the median (worst {worst:.0f})", end="")
    print()


def ends(stack: Stack) -> None:
    """Look how soon a session is over where it was not ended."""
    person = Person(stack.base_url)
    refused, told = [], []
    for _ in range(ENDS):
        token = person.log_in()
        with listening(stack.base_url, token=token) as listener:
            person.call("DELETE", "/tokens")
            began = time.perf_counter()
            assert listener.hears(lambda: listener.ends == 1)
            told.append(time.perf_counter() - began)
            assert eventually(lambda: person.call("GET", "/users/me").status_code == HTTPStatus.UNAUTHORIZED)
            refused.append(time.perf_counter() - began)
    for what, values in (("expired_token", told), ("401 elsewhere too", refused)):
        print(f"session ended, {what}: median {1000 * statistics.median(values):.0f} ms, ", end="")
        print(f"worst of {ENDS} {1000 * max(values):.0f} ms")


def main() -> int:
    """Measure."""
    with Stack(HOME, environment={"RATE_LIMITS_ENABLED": "false"}, fresh=True) as stack:
        known_and_unknown(stack)
        crowd(stack)
        ends(stack)
    return 0


if __name__ == "__main__":
    sys.exit(main())
