"""Pages of other origins may use the API if they are listed, and without the browser's credentials (CORS)."""

from collections.abc import Callable

import pytest
import requests

from tests.gateway.conftest import Gateway

SECONDS = 10
LISTED = "https://chat.example,http://localhost:3000, https://example.org"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
PATHS = ["/api/v1/messages", "/api/users", "/api/v1/tokens", "/socket.io/?EIO=4&transport=polling"]
OTHERS = {
    "nobody": "",
    "another": "https://evil.example",
    "the beginning of one": "https://chat.exampl",
    "a longer one": "https://chat.example.evil.example",
    "a subdomain": "https://www.chat.example",
    "another scheme": "http://chat.example",
    "another port": "https://chat.example:444",
    "no page": "null",
    "several": "https://chat.example https://example.org",
    "all": "*",
    "a pattern": "https://chat.e.*",
}


@pytest.fixture
def open_gateway(run_gateway: Callable[..., Gateway]) -> Gateway:
    return run_gateway(RATE_LIMITS_ENABLED="false", ALLOWED_ORIGINS=LISTED)


def allowed(gateway: Gateway, path: str, origin: str, *, method: str = "GET", **headers: str) -> requests.Response:
    return requests.request(method, f"{gateway.url}{path}", headers={"Origin": origin, **headers}, timeout=SECONDS)


@pytest.mark.parametrize("path", [*PATHS, "/nothing"])
@pytest.mark.parametrize("origin", LISTED.replace(",", " ").split())
def test_a_listed_page_may_read_answers_and_their_headers(open_gateway: Gateway, path: str, origin: str) -> None:
    answer = allowed(open_gateway, path, origin)
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert {"Location", "ETag", "Retry-After"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", PATHS)
def test_a_listed_page_may_ask_with_a_token(open_gateway: Gateway, path: str) -> None:
    answer = allowed(open_gateway, path, "https://chat.example", method="OPTIONS", **PREFLIGHT)
    assert (answer.status_code, answer.text) == (204, "")
    assert answer.headers["Access-Control-Allow-Origin"] == "https://chat.example"
    assert {"POST", "PUT", "DELETE"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))
    asked = {"Authorization", "Content-Type", "Idempotency-Key", "Prefer"}
    assert asked <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))


@pytest.mark.parametrize("origin", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_no_other_page_may(open_gateway: Gateway, origin: str, method: str) -> None:
    answer = allowed(open_gateway, PATHS[0], origin, method=method, **PREFLIGHT)
    assert not [name for name in answer.headers if name.startswith("Access-Control-")]


@pytest.mark.parametrize("origin", ["https://chat.example", "null", ""])
def test_by_default_no_page_may(gateway: Gateway, origin: str) -> None:
    for method in ("GET", "OPTIONS"):
        answer = allowed(gateway, PATHS[0], origin, method=method, **PREFLIGHT)
        assert not [name for name in answer.headers if name.startswith("Access-Control-")]
        assert "Origin" not in answer.headers.get("Vary", "")
