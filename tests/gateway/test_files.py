"""The files that describe the API, and the page to try it."""

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests

from tests.gateway.conftest import Gateway

SECONDS = 10
PREFIXES = ["/api", "/api/v1"]


@pytest.fixture
def described(gateway: Gateway) -> Gateway:
    """A gateway with such files."""
    assets = gateway.web_root / "docs" / "swagger-ui-1.2.3"
    assets.mkdir(parents=True)
    (gateway.web_root / "openapi.json").write_text('{"openapi": "3.1.0"}')
    (gateway.web_root / "docs" / "index.html").write_text("a page")
    (assets / "swagger-ui.js").write_text("a script")
    return gateway


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_description_is_there_by_both_names(prefix: str, described: Gateway) -> None:
    answer = requests.get(f"{described.url}{prefix}/openapi.json", timeout=SECONDS)
    assert answer.json() == {"openapi": "3.1.0"}
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/docs", "/docs/", "/docs/index.html"])
@pytest.mark.parametrize("prefix", [*PREFIXES, ""])
def test_the_page_is_there_and_may_style_its_parts_but_runs_our_scripts_only(
    prefix: str, path: str, described: Gateway
) -> None:
    answer = requests.get(f"{described.url}{prefix}{path}", timeout=SECONDS)
    assert answer.text == "a page"
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["style-src"] == "'self' 'unsafe-inline'"
    assert policy["img-src"] == "'self' data:"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["default-src"] == "'none'"


@pytest.mark.parametrize("prefix", [*PREFIXES, ""])
def test_what_is_below_a_version_need_not_be_asked_for_again(prefix: str, described: Gateway) -> None:
    answer = requests.get(f"{described.url}{prefix}/docs/swagger-ui-1.2.3/swagger-ui.js", timeout=SECONDS)
    assert answer.text == "a script"
    assert answer.headers["Cache-Control"] == "max-age=31536000"


def test_no_other_file_passes_for_a_part_of_the_api(described: Gateway) -> None:
    (described.web_root / "index.html").write_text("the client")
    assert requests.get(f"{described.url}/api/v1/index.html", timeout=SECONDS).text == "first"  # the service's answer


@pytest.mark.parametrize("path", ["/openapi.json", "/api/v1/openapi.json", "/docs/swagger-ui-1.2.3/swagger-ui.js"])
@pytest.mark.parametrize(
    ("precondition", "status"),
    [
        ({"If-Match": '"x"'}, 412),
        ({"If-Match": "*"}, 200),
        ({"If-Match": "0"}, 412),
        ({"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 412),
    ],
)
def test_whoever_has_a_condition_may_ask_again_over_the_same_connection(
    path: str, precondition: dict[str, str], status: int, described: Gateway
) -> None:
    connection = HTTPConnection(urlsplit(described.url).netloc, timeout=SECONDS)
    connection.connect()
    its_socket = connection.sock
    for headers, expected in [(precondition, status), ({}, 200), (precondition, status)]:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == expected
        assert connection.sock is its_socket
    connection.close()
