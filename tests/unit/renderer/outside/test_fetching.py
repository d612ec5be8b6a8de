"""What is asked, what is taken, and where redirects lead."""

import contextlib
import socket
import time
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from renderer.outside import Fetched, Outside, RefusedError, UnreachableError
from tests.unit.renderer.outside.conftest import Fetch
from tests.unit.renderer.outside.strangers import HOST, Stranger, head, ok, redirect, tell


def test_a_page_is_fetched(fetch: Fetch, stranger: Stranger) -> None:
    stranger.answer = lambda _path: ok(b"<p>hello", kind="text/html; charset=x")
    fetched = fetch(f"{stranger.url}/a%20b?q=\u00fc#there")
    assert fetched == Fetched(
        url=f"{stranger.url}/a%20b?q=%C3%BC", status=200, content_type="text/html; charset=x", body=b"<p>hello"
    )


def test_the_request_says_who_we_are_and_nothing_else(
    fetch: Fetch, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9/")
    fetch(f"{stranger.url}/x")
    assert sorted(stranger.heads[0].split("\r\n")) == sorted(
        [
            "GET /x HTTP/1.1",
            f"Host: stranger.test:{stranger.port}",
            "User-Agent: FlackBot/1.0 (link previews of a Flack server)",
            "Accept: application/xhtml+xml, text/html",
            "Accept-Encoding: identity",
            "Connection: close",
            "",
            "",
        ]
    )


def test_up_to_three_redirects_are_followed_without_cookies_or_referer(fetch: Fetch, stranger: Stranger) -> None:
    def answer(path: str) -> Any:
        if path.startswith("/b/4"):
            return ok(b"there")
        place = {"/1": f"{stranger.url}/2", "/2": "/b/3", "/b/3": "4?\u00fc"}[path]
        moved = next(redirect(place, {"/1": 301, "/2": 307, "/b/3": 308}[path]))
        return [moved.replace(b"\r\n", b"\r\nSet-Cookie: a=b; Path=/\r\n", 1)]

    stranger.answer = answer
    fetched = fetch(f"{stranger.url}/1")
    assert (fetched.url, fetched.body) == (f"{stranger.url}/b/4?%C3%BC", b"there")
    assert len(stranger.heads) == 4
    assert not any(word in request.lower() for request in stranger.heads for word in ("cookie", "referer", "auth"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_fifth_hop_is_not_made(status: int, fetch: Fetch, stranger: Stranger) -> None:
    stranger.answer = lambda path: redirect(f"{path}x", status)
    with pytest.raises(RefusedError, match="redirects"):
        fetch(f"{stranger.url}/x")
    assert [request.split(" ")[1] for request in stranger.heads] == ["/x", "/xx", "/xxx", "/xxxx"]


def test_a_redirect_loop_ends(fetch: Fetch, stranger: Stranger) -> None:
    stranger.answer = lambda path: redirect({"/a": "/b", "/b": "/a"}[path])
    with pytest.raises(RefusedError, match="redirects"):
        fetch(f"{stranger.url}/a")
    assert len(stranger.heads) == 4


@pytest.mark.parametrize("status", [200, 201, 300, 304, 404, 500])
def test_other_answers_are_no_redirects(status: int, fetch: Fetch, stranger: Stranger) -> None:
    moved = f"HTTP/1.1 {status} X\r\nContent-Type: text/html\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"
    stranger.answer = lambda _path: [moved.encode()]
    assert fetch(stranger.url).status == status
    assert len(stranger.heads) == 1


def test_a_redirect_to_loopback_is_not_followed(fetch: Fetch, stranger: Stranger, connects: list[Any]) -> None:
    stranger.answer = lambda _path: redirect(f"http://127.0.0.1:{stranger.port}/")
    with pytest.raises(RefusedError, match="address"):
        fetch(stranger.url)
    assert connects == [(HOST, stranger.port)]


@pytest.mark.parametrize("location", ["/a\tb", "/a b", "\\\\127.0.0.1/", "http://[/"])
def test_a_redirect_to_what_is_no_url_is_not_followed(location: str, fetch: Fetch, stranger: Stranger) -> None:
    stranger.answer = lambda _path: redirect(location)
    with pytest.raises(RefusedError, match="url"):
        fetch(stranger.url)
    assert len(stranger.heads) == 1


def test_a_page_that_says_to_look_elsewhere_is_taken_as_it_is(fetch: Fetch, stranger: Stranger) -> None:
    page = b'<meta http-equiv="refresh" content="0;url=http://127.0.0.1/">'
    stranger.answer = lambda _path: ok(page, "Refresh: 0;url=http://127.0.0.1/")
    assert fetch(stranger.url).body == page
    assert len(stranger.heads) == 1


def test_a_name_is_resolved_once_a_connection_and_never_again(stranger: Stranger, connects: list[Any]) -> None:
    answers = [[IPv4Address(HOST)], [IPv4Address("127.0.0.1")]]
    outside = Outside(allowed=[IPv4Network(f"{HOST}/32")], resolve=lambda _host: answers.pop(0))
    fetched = outside.fetch(stranger.url, types=None, max_bytes=100, deadline=time.monotonic() + 60)
    assert fetched.body == b"hello"
    assert connects == [(HOST, stranger.port)]
    assert len(answers) == 1


def test_one_bad_address_among_good_ones_is_enough(stranger: Stranger, connects: list[Any]) -> None:
    both = [IPv4Address(HOST), IPv4Address("127.0.0.1")]
    for _ in range(2):
        both.reverse()
        outside = Outside(allowed=[IPv4Network(f"{HOST}/32")], resolve=lambda _host: both)
        with pytest.raises(RefusedError, match="address"):
            outside.fetch(stranger.url, types=None, max_bytes=100, deadline=time.monotonic() + 60)
    assert connects == []


def test_the_next_address_is_tried_when_one_does_not_answer(stranger: Stranger, connects: list[Any]) -> None:
    hosts = ["127.9.9.7", "127.9.9.8", HOST, "127.9.9.10"]
    admitted: list[str] = []
    outside = Outside(
        allowed=[IPv4Network("127.9.9.0/24")],
        resolve=lambda _host: [IPv4Address(host) for host in hosts],
        admit=admitted.append,
    )
    outside.fetch(stranger.url, types=None, max_bytes=100, deadline=time.monotonic() + 60)
    assert connects == [(host, stranger.port) for host in hosts[:3]]
    assert admitted == ["host:stranger.test", "net:127.9.9.7/32", "net:127.9.9.8/32", f"net:{HOST}/32"]


@pytest.fixture
def silent(stranger: Stranger) -> Iterator[str]:
    """An address that lets whoever connects to the port of the stranger wait, as its queue is full."""
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.9.9.7", stranger.port), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(full.getsockname())
        yield "127.9.9.7"


def test_an_address_that_does_not_answer_leaves_time_for_the_next(silent: str, stranger: Stranger) -> None:
    outside = Outside(
        allowed=[IPv4Network("127.9.9.0/24")],
        resolve=lambda host: [IPv4Address(silent), IPv4Address(HOST)][: 1 if host == "silent.test" else 2],
    )
    deadline = time.monotonic() + 3
    assert outside.fetch(stranger.url, types=None, max_bytes=100, deadline=deadline).body == b"hello"
    with pytest.raises(UnreachableError, match="timeout"):
        outside.fetch(
            stranger.url.replace("stranger", "silent"), types=None, max_bytes=100, deadline=time.monotonic() + 0.5
        )


def test_not_all_of_many_addresses_are_tried(stranger: Stranger, connects: list[Any]) -> None:
    hosts = [f"127.9.8.{number}" for number in range(1, 200)]
    outside = Outside(
        allowed=[IPv4Network("127.9.8.0/24")], resolve=lambda _host: [IPv4Address(host) for host in hosts]
    )
    with pytest.raises(UnreachableError, match="connect"):
        outside.fetch(stranger.url, types=None, max_bytes=100, deadline=time.monotonic() + 60)
    assert len(connects) == 3


@pytest.mark.parametrize("full", ["host:stranger.test", f"net:{HOST}/32"])
def test_whoever_has_been_asked_too_often_is_not_asked(full: str, stranger: Stranger, connects: list[Any]) -> None:
    def admit(key: str) -> None:
        if key == full:
            raise RefusedError("busy")

    outside = Outside(allowed=[IPv4Network(f"{HOST}/32")], resolve=tell, admit=admit)
    with pytest.raises(RefusedError, match="busy"):
        outside.fetch(stranger.url, types=None, max_bytes=100, deadline=time.monotonic() + 60)
    assert connects == []


@pytest.mark.parametrize("kind", ["image/png", "application/json", "text/htmlx", "", "text/html, image/png"])
def test_another_type_is_refused_before_its_body_is_read(kind: str, fetch: Fetch, stranger: Stranger) -> None:
    stranger.answer = lambda _path: [head(kind=kind)]
    with pytest.raises(RefusedError, match="type"):
        fetch(stranger.url)


def test_any_type_will_do_where_none_is_asked_for(outside: Outside, stranger: Stranger) -> None:
    stranger.answer = lambda _path: [b"HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno"]
    fetched = outside.fetch(stranger.url, types=None, max_bytes=100, deadline=time.monotonic() + 60)
    assert (fetched.status, fetched.content_type, fetched.body) == (404, "", b"no")
    assert "\r\nAccept: */*\r\n" in stranger.heads[0]


def test_what_is_read_is_cut_at_the_limit(fetch: Fetch, stranger: Stranger) -> None:
    stranger.answer = lambda _path: ok(b"x" * 5_000)
    assert fetch(stranger.url, max_bytes=1_234).body == b"x" * 1_234
