"""Whatever a server answers, and however slowly: it ends in time, and no more is taken than was wanted."""

import gzip
import itertools
import time
from collections.abc import Iterator

import pytest

from renderer.outside import Outside, RefusedError, UnreachableError
from tests.unit.renderer.outside.conftest import Fetch
from tests.unit.renderer.outside.strangers import BUFFERS_BYTES, Stranger, head, ok

SOON = 0.5
LINES = itertools.repeat(b"X: y\r\n")


@pytest.mark.parametrize("status", ["200 OK", "302 Found", "404 Not Found"])
def test_a_byte_at_a_time_in_the_header(status: str, fetch: Fetch, stranger: Stranger) -> None:
    endless = itertools.chain([f"HTTP/1.1 {status}\r\n".encode()], itertools.repeat(b"x"))
    stranger.answer = lambda _path: stranger.slowly(endless)
    with pytest.raises(UnreachableError, match="timeout"):
        fetch(stranger.url_by_address, seconds=SOON)


@pytest.mark.parametrize("length", ["Content-Length: 99999", "Transfer-Encoding: chunked", "X: y"])
def test_a_byte_at_a_time_in_the_body(length: str, fetch: Fetch, stranger: Stranger) -> None:
    piece = b"1\r\nx\r\n" if "chunked" in length else b"x"
    stranger.answer = lambda _path: stranger.slowly(itertools.chain([head(length)], itertools.repeat(piece)))
    with pytest.raises(UnreachableError, match="timeout"):
        fetch(stranger.url_by_address, seconds=SOON)


@pytest.mark.parametrize("said", [b"", head("Content-Length: 5"), b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 C\r\n\r\n"])
def test_nothing_more_ever_comes(said: bytes, fetch: Fetch, stranger: Stranger) -> None:
    def answer(_path: str) -> Iterator[bytes]:
        yield said
        stranger.stopping.wait()

    stranger.answer = answer
    with pytest.raises(UnreachableError, match="timeout"):
        fetch(stranger.url_by_address, seconds=SOON)


def test_endless_answers_that_more_will_follow(fetch: Fetch, stranger: Stranger) -> None:
    stranger.answer = lambda _path: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n")
    with pytest.raises(UnreachableError, match="protocol"):
        fetch(stranger.url)


@pytest.mark.parametrize(
    "header",
    [b"X: " + b"y" * 2**20, b"X: y\r\n" * 2**18, (b"X: " + b"y" * 60_000 + b"\r\n") * 18, b"y" * 2**20],
    ids=["one line", "many lines", "long lines", "no line"],
)
def test_a_megabyte_of_header(header: bytes, fetch: Fetch, stranger: Stranger) -> None:
    stranger.answer = lambda _path: [b"HTTP/1.1 200 OK\r\n", header, *ok(b"")]
    with pytest.raises(UnreachableError, match="protocol"):
        fetch(stranger.url)


def test_an_endless_body_is_cut_off(fetch: Fetch, stranger: Stranger) -> None:
    stranger.answer = lambda _path: itertools.chain([head()], itertools.repeat(b"x" * 4096))
    assert fetch(stranger.url, max_bytes=1_000_000).body == b"x" * 1_000_000
    stranger.close()
    assert stranger.sent < BUFFERS_BYTES


def test_an_endless_chunked_body_is_cut_off(fetch: Fetch, stranger: Stranger) -> None:
    chunks = itertools.repeat(b"1000\r\n" + b"x" * 4096 + b"\r\n")
    stranger.answer = lambda _path: itertools.chain([head("Transfer-Encoding: chunked")], chunks)
    assert fetch(stranger.url, max_bytes=1_000_000).body == b"x" * 1_000_000
    stranger.close()
    assert stranger.sent < BUFFERS_BYTES


@pytest.mark.parametrize(
    "frames",
    [
        itertools.repeat(b"1;" + b"y" * 60_000 + b"\r\nx\r\n"),
        itertools.repeat(b"1" * 4096),
        itertools.chain([b"1\r\nx\r\n0\r\n"], LINES),
    ],
    ids=["extensions", "a size without end", "trailers"],
)
def test_frames_count_as_well_as_what_is_in_them(frames: Iterator[bytes], fetch: Fetch, stranger: Stranger) -> None:
    stranger.answer = lambda _path: itertools.chain([head("Transfer-Encoding: chunked")], frames)
    with pytest.raises(UnreachableError, match="protocol"):
        fetch(stranger.url)
    stranger.close()
    assert stranger.sent < BUFFERS_BYTES


@pytest.mark.parametrize(
    "header",
    [
        *("Content-Encoding: gzip", "Content-Encoding: gzip, gzip, gzip", "Content-Encoding: identity, br"),
        *("Content-Encoding: X", "Content-Encoding: identity\r\nContent-Encoding: deflate"),
        *("Transfer-Encoding: gzip, chunked", "Transfer-Encoding: gzip", "Transfer-Encoding: identity"),
    ],
)
def test_a_bomb_of_whatever_encodings_is_not_opened(header: str, fetch: Fetch, stranger: Stranger) -> None:
    bomb = gzip.compress(gzip.compress(b"\0" * 10**7))
    stranger.answer = lambda _path: ok(bomb, header)
    with pytest.raises(RefusedError, match="encoding"):
        fetch(stranger.url)


@pytest.mark.parametrize("header", ["Content-Encoding: identity", "Content-Encoding:", "Content-Encoding: IDENTITY"])
def test_no_encoding_by_name_is_none(header: str, fetch: Fetch, stranger: Stranger) -> None:
    stranger.answer = lambda _path: ok(b"hello", header)
    assert fetch(stranger.url).body == b"hello"


@pytest.mark.parametrize(
    ("length", "taken"),
    [("500", b"hello"), ("2", b"he"), ("-1", b"hello"), ("a lot", b"hello"), ("9" * 5_000, b"hello"), ("", b"hello")],
    ids=["longer", "shorter", "negative", "not a number", "very long", "empty"],
)
def test_a_length_that_is_a_lie(length: str, taken: bytes, fetch: Fetch, stranger: Stranger) -> None:
    stranger.answer = lambda _path: [head(f"Content-Length: {length}"), b"hello"]
    assert fetch(stranger.url).body == taken


def test_two_lengths(fetch: Fetch, stranger: Stranger) -> None:
    stranger.answer = lambda _path: [head("Content-Length: 5", "Content-Length: 6"), b"hello"]
    with pytest.raises(UnreachableError, match="protocol"):
        fetch(stranger.url)


@pytest.mark.parametrize("chunks", [b"9\r\nhello", b"5\r\nhello\r\nzzz\r\n", b"5\r\nhello", b"5\r\nhello\r\n-1\r\n"])
def test_chunks_that_break_off_count_as_far_as_they_came(chunks: bytes, fetch: Fetch, stranger: Stranger) -> None:
    stranger.answer = lambda _path: [head("Transfer-Encoding: chunked"), chunks]
    assert fetch(stranger.url).body == b"hello"


@pytest.mark.parametrize(
    "nonsense",
    [b"", b"SSH-2.0-x\r\n", b"\x16\x03\x01\x00", b"HTTP/9.9 200 OK\r\n\r\n", b"HTTP/1.1 2xx OK\r\n\r\n", b"\0" * 9_000],
)
def test_what_is_no_http_is_told_so(nonsense: bytes, fetch: Fetch, stranger: Stranger) -> None:
    stranger.answer = lambda _path: [nonsense]
    with pytest.raises(UnreachableError, match="protocol"):
        fetch(stranger.url)


def test_nobody_listens(fetch: Fetch, stranger: Stranger) -> None:
    stranger.close()
    with pytest.raises(UnreachableError, match="connect"):
        fetch(stranger.url)


def test_a_deadline_that_has_passed_connects_nowhere(outside: Outside, stranger: Stranger) -> None:
    with pytest.raises(UnreachableError):
        outside.fetch(stranger.url, types=None, max_bytes=10, deadline=time.monotonic() - 1)
    assert stranger.heads == []
