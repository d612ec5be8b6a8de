"""Whatever URL somebody writes, or redirects to: no connection is opened to what is not public."""

import time
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest

from renderer.outside import Outside, RefusedError
from tests.unit.renderer.outside.conftest import Fetch
from tests.unit.renderer.outside.strangers import HOST, PUBLIC, Stranger, redirect, tell

LINES = Path("tests/data/hostile_urls.txt").read_text(encoding="utf-8").splitlines()
# A line cannot hold these.
UNWRITABLE = [
    *("http://127.0.0.1\t/", "http://example.com\n.nip.io/", "\nhttp://example.com/", "http://example.com/\x00"),
    *(
        "http://exam\x00ple.com/",
        "http://example.com\r\nHost: x/",
        "http://example.com/\x7f",
        "http://example.com/\x85",
    ),
    *("http://example.com/\u2028", "http://loc\u00adalhost/", "http://local\u200bhost/", "http://\u202elocalhost/"),
    *("http://example.com/\ud800", "http://example.com/" + "a" * 2_000, "http://" + "a" * 64 + ".com/"),
    *("http://" + "a." * 127 + "com/", " http://127.0.0.1/", "http://127.0.0.1/ ", ""),
]
URLS = [line.split("\t")[0] for line in LINES if not line.startswith("#")] + UNWRITABLE


@pytest.fixture(scope="module")
def admitted() -> list[str]:
    return []


@pytest.fixture(scope="module", params=[[], [IPv4Network(f"{HOST}/32")]], ids=["nothing allowed", "something allowed"])
def careful(request: pytest.FixtureRequest, admitted: list[str]) -> Outside:
    return Outside(allowed=request.param, resolve=tell, admit=admitted.append)


@pytest.mark.parametrize("url", URLS)
def test_it_is_refused_and_nobody_is_connected_to(
    url: str, careful: Outside, admitted: list[str], connects: list[Any]
) -> None:
    deadline = time.monotonic() + 60
    with pytest.raises(RefusedError):
        careful.fetch(url, types=None, max_bytes=1000, deadline=deadline)
    with pytest.raises(RefusedError):
        careful.check(url, deadline=deadline)
    assert connects == []
    assert admitted == []


@pytest.mark.parametrize("url", [url for url in URLS if "//" in url and "\n" not in url and "\ud800" not in url])
def test_a_redirect_leads_no_further_than_to_where_it_came_from(
    url: str, fetch: Fetch, stranger: Stranger, connects: list[Any]
) -> None:
    stranger.answer = lambda _path: redirect(url)
    with pytest.raises(RefusedError):
        fetch(stranger.url)
    assert set(connects) == {(HOST, stranger.port)}


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.com", "https://example.com/a?b=c#d", "http://example.com:80/", "http://example.com:443/"),
        *("https://bücher.example/ü", "http://exam_ple.com/@user", "http://EXAMPLE.com./", "http://1.1.1.1/"),
        *("https://[2606:4700::1111]/", "http://[::ffff:1.1.1.1]/", "http://[64:ff9b::1.1.1.1]/", f"http://{PUBLIC}"),
        *("http://1.1.1.1.nip.io/", "http://127.0.0.1.example/", "http://0x7f.example/", "http://exam%70le.com/"),
    ],
)
def test_what_is_public_passes_the_check_without_a_connection(url: str, connects: list[Any]) -> None:
    Outside(resolve=tell).check(url, deadline=time.monotonic() + 60)
    assert connects == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.com/ ", "url"),
        ("ftp://example.com/", "scheme"),
        ("http://a@example.com/", "userinfo"),
        ("http://127.1/", "host"),
        ("http://[2606:4700::1111%251]/", "host"),
        ("http://example.com:8080/", "port"),
        ("http://localhost/", "address"),
    ],
)
def test_a_refusal_names_the_rule(url: str, reason: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        Outside(resolve=tell).check(url, deadline=time.monotonic() + 60)
    assert refusal.value.reason == reason


def test_the_name_of_a_host_on_another_port_is_not_even_resolved_when_no_network_is_allowed() -> None:
    asked: list[str] = []

    def resolve(host: str) -> list[IPv4Address]:
        asked.append(host)
        return [PUBLIC]

    outside = Outside(resolve=resolve)
    with pytest.raises(RefusedError):
        outside.check("http://example.com:8080/", deadline=time.monotonic() + 60)
    assert asked == []
    outside.check("http://example.com/", deadline=time.monotonic() + 60)
    assert asked == ["example.com"]
