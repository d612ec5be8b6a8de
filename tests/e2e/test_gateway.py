"""What only the gateway does."""

import json
import socket
from http.client import HTTPResponse
from urllib.parse import urlsplit

import pytest
import requests

from tests.people import Person, eventually, listening

SECONDS = 10


@pytest.mark.parametrize(
    "path",
    [
        "/internal",
        "/internal/revocations",
        "/internal/credentials/1",
        "/api/internal/revocations",
        "/api/v1/internal/revocations",
        "//internal/revocations",
        "/%69nternal/revocations",
        "/api/v1/../../internal/revocations",
        "/.well-known/../internal/revocations",
        "/metrics",
        "/readyz",
        "/status",
        "/api/v1/metrics",
    ],
)
def test_what_is_internal_stays_inside(base_url: str, path: str) -> None:
    request = requests.Request("GET", base_url).prepare()
    request.url = base_url + path  # as it is, without the client tidying it up
    answer = requests.Session().send(request, timeout=SECONDS, allow_redirects=False)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("AA /api/v1/users HTTP/1.1", 400),
        (f"{'A' * 30} /api/v1/users HTTP/1.1", 400),
        ("GET /api/v1/users HTTP/1.1\r\nX-Odd: a\x01b", 400),
        ("GET /api/v1/users/" + "\u00e9" * 2500 + " HTTP/1.1", 414),
        ('GET / HTTP/1.1\r\nIf-Match: "x"', 412),
    ],
)
def test_requests_that_no_service_gets_to_see_are_answered_with_problems(base_url: str, head: str, status: int) -> None:
    address = urlsplit(base_url)
    with socket.create_connection((address.hostname, address.port), timeout=SECONDS) as connection:
        connection.sendall(f"{head}\r\nHost: {address.netloc}\r\nConnection: close\r\n\r\n".encode())
        answer = HTTPResponse(connection)
        answer.begin()
        assert str(answer.getheader("Content-Type")).split(";")[0] == "application/problem+json"
        assert json.loads(answer.read())["status"] == answer.status == status


def test_many_headers_are_no_fault(base_url: str) -> None:
    headers = {f"X-{number}": "x" for number in range(200)}
    assert requests.get(f"{base_url}/api/v1/users", headers=headers, timeout=SECONDS).status_code == 200


def test_both_prefixes_are_the_same_api(base_url: str, ann: Person) -> None:
    message = ann.call("POST", "/api/messages", json={"source": "by the old name"})
    assert message.status_code == 202
    old = ann.call("GET", f"{base_url}/api/messages/{message.json()['id']}")
    new = ann.call("GET", f"{base_url}/api/v1/messages/{message.json()['id']}")
    assert old.json()["_links"] == new.json()["_links"]


def test_every_answer_names_its_request_and_a_client_cannot_choose_the_name(base_url: str) -> None:
    given = {"X-Request-ID": "mine"}
    first, second = (requests.get(f"{base_url}/api/v1/users", headers=given, timeout=SECONDS) for _ in range(2))
    ids = {first.headers["X-Request-ID"], second.headers["X-Request-ID"]}
    assert len(ids) == 2
    assert "mine" not in ids


def test_the_keys_are_public_and_cacheable(base_url: str) -> None:
    answer = requests.get(f"{base_url}/.well-known/jwks.json", timeout=SECONDS)
    assert [key["alg"] for key in answer.json()["keys"]] == ["EdDSA"]
    assert "d" not in answer.json()["keys"][0]
    assert "max-age" in answer.headers["Cache-Control"]


def test_a_page_of_another_origin_gets_no_socket(base_url: str) -> None:
    url = f"{base_url}/socket.io/?EIO=4&transport=polling"
    answer = requests.get(url, headers={"Origin": "http://evil.example"}, timeout=SECONDS)
    assert answer.status_code == 400
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert requests.get(url, headers={"Origin": base_url}, timeout=SECONDS).status_code == 200


def test_the_page_runs_only_our_own_scripts(base_url: str) -> None:
    answer = requests.get(base_url, timeout=SECONDS)
    assert answer.headers["Content-Type"].startswith("text/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_logging_out_ends_the_session_everywhere(base_url: str, ann: Person) -> None:
    with listening(base_url, token=ann.token) as listener:
        assert ann.call("DELETE", "/tokens").status_code == 204
        assert ann.call("DELETE", "/tokens").status_code == 401
        assert eventually(lambda: ann.call("POST", "/messages", json={"source": "x"}).status_code == 401)
        assert listener.hears(lambda: listener.ends == 1)
        assert listener.ask("post_message", {"source": "still here?"})["problem"]["status"] == 401


def test_what_anybody_may_read_is_kept_for_a_moment_and_a_caller_is_answered_by_the_service(
    base_url: str, ann: Person
) -> None:
    url = f"{base_url}/api/v1/users/{ann.id}"

    def is_kept() -> bool:
        return requests.get(url, timeout=SECONDS).headers["Cache-Status"] == "gateway; hit"

    assert ann.call("GET", url).headers["Cache-Status"] == "gateway; fwd=request"
    assert requests.get(url, timeout=SECONDS).headers["Cache-Status"] == "gateway; fwd=uri-miss"
    assert eventually(is_kept)
    answer = ann.call("GET", url)
    assert (answer.headers["Cache-Status"], answer.headers["Cache-Control"]) == (
        "gateway; fwd=request",
        "private, no-cache",
    )


def test_who_i_am_is_told_to_nobody_else(base_url: str, ann: Person) -> None:
    url = f"{base_url}/api/v1/users/me"
    assert [ann.call("GET", url).json()["id"] for _ in range(3)] == [ann.id] * 3
    assert requests.get(url, timeout=SECONDS).status_code == 401
