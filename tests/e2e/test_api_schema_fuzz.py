"""Whatever becomes of cursors, headers and bodies on their way: an answer that the API's description tells of."""

import base64
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.description import ApiDescription, committed
from tests.people import PASSWORD, Person

SECONDS = 30
EXAMPLES = 150
JSON = {"Content-Type": "application/json"}
VERSION = "2."

bounded = partial(
    settings,
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

# What is worth trying in the place of anything.
ODD_NUMBERS = st.sampled_from([0, -1, 2**31, 2**63 - 1, 2**63, 2**64, -(2**63), 10**30, 1.5])
ODD_TEXTS = st.sampled_from(["", "\0", "\ud800", "x" * 300, "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+00:00", "NaN"])
ODD = st.one_of(st.none(), st.booleans(), ODD_NUMBERS, ODD_TEXTS, st.text(max_size=20), st.integers())
VALUES = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
)


class Fuzzer:
    """Asks, and lets no answer pass that is not described, or that admits a fault."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.http = requests.Session()
        self.description: ApiDescription = committed()

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        answer = self.http.request(method, f"{self.person.base_url}/api/v1{path}", timeout=SECONDS, **options)
        assert answer.status_code < 500, answer.text
        self.description.check_response(answer)
        if answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json"
        return answer


@pytest.fixture(scope="module")
def fuzzer(base_url: str) -> Fuzzer:
    return Fuzzer(Person(base_url))


@pytest.fixture(scope="module")
def cursors(fuzzer: Fuzzer) -> list[str]:
    """Cursors of all kinds: of lists by time, in their midst, and of the feed."""
    for number in range(3):
        fuzzer.person.post(f"message {number}")
    found = []
    for path in ("/messages", "/users"):
        first = fuzzer.ask("GET", f"{path}?limit=1").json()["cursor"]
        found += [first, *(fuzzer.ask("GET", f"{path}?limit=1&cursor={first}").json()["cursor"] for _ in range(2))]
        found.append(fuzzer.ask("GET", path).json()["cursor"])
    return found


def encoded(packed: Any) -> str:
    raw = packed if isinstance(packed, bytes) else json.dumps(packed).encode()
    return VERSION + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decoded(cursor: str) -> Any:
    packed = cursor.removeprefix(VERSION)
    return json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths to all parts of *value*."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in places(part, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return *value* with another part at *path*."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = replaced(copy[path[0]], path[1:], new)
    return copy


@st.composite
def mutations(draw: Callable[..., Any], text: str) -> str:
    """Cut, double or change a part of *text*."""
    start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
    middle: str = draw(st.sampled_from(["", text[start:end] * 2, "=", "%", "A", "\u00fc"]))
    return text[:start] + middle + text[end:]


@given(data=st.data())
@bounded()
def test_cursors_with_other_contents(fuzzer: Fuzzer, cursors: list[str], data: st.DataObject) -> None:
    packed = decoded(data.draw(st.sampled_from(cursors)))
    for _ in range(data.draw(st.integers(1, 2))):
        packed = replaced(packed, data.draw(st.sampled_from(places(packed))), data.draw(VALUES))
    path = data.draw(st.sampled_from(["/messages", "/users"]))
    limit = data.draw(st.sampled_from([1, 1000]))
    answer = fuzzer.ask("GET", path, params={"cursor": encoded(packed), "limit": limit})
    assert answer.status_code in {200, 400}


@given(data=st.data())
@bounded()
def test_cursors_with_other_characters(fuzzer: Fuzzer, cursors: list[str], data: st.DataObject) -> None:
    cursor = data.draw(st.sampled_from(cursors).flatmap(mutations))
    path = data.draw(st.sampled_from(["/messages", "/users"]))
    assert fuzzer.ask("GET", path, params={"cursor": cursor}).status_code in {200, 400}


@given(raw=st.binary(max_size=60))
@bounded()
def test_cursors_that_are_none(fuzzer: Fuzzer, raw: bytes) -> None:
    assert fuzzer.ask("GET", "/messages", params={"cursor": encoded(raw)}).status_code == 400


NAMES = st.sampled_from(
    [
        *("Prefer", "Idempotency-Key", "Authorization", "If-None-Match", "If-Match", "If-Modified-Since", "Range"),
        *("X-Request-ID", "Content-Type", "Accept", "Accept-Encoding", "Origin", "Cookie", "X-Forwarded-For"),
    ]
)
TOKENS = [
    "*",
    '"x"',
    "W/",
    "wait=3",
    "wait=",
    "wait=-1",
    "wait=1e9",
    "respond-async",
    "bytes=0-",
    "Bearer ",
    "Basic ",
    ",",
]
CONTENTS = st.one_of(
    st.sampled_from(TOKENS),
    st.lists(st.sampled_from(TOKENS), max_size=6).map("".join),
    st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=300),
).map(lambda text: text.strip().encode("latin-1"))
ENDPOINTS = [
    *(("GET", path, False) for path in ("/messages", "/users", "/users/me", "/users/1", "/messages/1")),
    *(("GET", path, False) for path in ("/tasks/6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "/openapi.json")),
    *(("POST", path, True) for path in ("/messages", "/users", "/renderings")),
    *(("POST", "/tokens", False), ("DELETE", "/messages/1", False), ("PUT", "/messages/1", True)),
    ("PUT", "/users/1", True),
]


@given(endpoint=st.sampled_from(ENDPOINTS), headers=st.dictionaries(NAMES, CONTENTS, min_size=1), known=st.booleans())
@bounded(max_examples=2 * EXAMPLES)
def test_headers(fuzzer: Fuzzer, endpoint: tuple[str, str, bool], headers: dict[str, bytes], *, known: bool) -> None:
    method, path, has_body = endpoint
    given_too = {"Authorization": f"Bearer {fuzzer.person.token}".encode()} if known else {}
    body = b'{"source": "x"}' if has_body else None
    fuzzer.ask(method, path, headers={**JSON, **headers, **given_too}, data=body)


@given(data=st.data())
@bounded()
def test_tokens(fuzzer: Fuzzer, data: st.DataObject) -> None:
    token = data.draw(mutations(fuzzer.person.token))
    answer = fuzzer.ask("GET", "/users/me", headers={"Authorization": f"Bearer {token}".encode()})
    assert answer.status_code == (200 if token.strip() == fuzzer.person.token else 401)


WRITES = [
    *(("POST", "/users"), ("POST", "/messages"), ("PUT", "/messages/1"), ("PUT", "/users/1"), ("POST", "/tokens")),
    *(("DELETE", "/messages/1"), ("POST", "/renderings")),
]
VALID = {"nickname": "fuzzed", "password": PASSWORD, "source": "**hello** [x](http://x)"}


@given(write=st.sampled_from(WRITES), changes=st.dictionaries(st.sampled_from([*VALID, "id", ""]), VALUES, min_size=1))
@bounded()
def test_bodies_with_other_fields(fuzzer: Fuzzer, write: tuple[str, str], changes: dict[str, Any]) -> None:
    headers = {**JSON, "Authorization": f"Bearer {fuzzer.person.token}"}
    fuzzer.ask(*write, headers=headers, data=json.dumps(VALID | changes).encode())


@given(write=st.sampled_from(WRITES), data=st.data())
@bounded()
def test_bodies_with_other_characters(fuzzer: Fuzzer, write: tuple[str, str], data: st.DataObject) -> None:
    body = data.draw(st.binary(max_size=200) | mutations(json.dumps(VALID)).map(lambda text: text.encode("latin-1")))
    fuzzer.ask(*write, headers={**JSON, "Authorization": f"Bearer {fuzzer.person.token}"}, data=body)
