"""Sockets are closed whatever happens, and threads may use as many as they like."""

import gc
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

from renderer.outside import RefusedError, UnreachableError
from tests.unit.renderer.outside.conftest import Fetch
from tests.unit.renderer.outside.strangers import Stranger, head, ok, open_by_us, redirect


def test_no_socket_stays_open_whatever_happens(fetch: Fetch, stranger: Stranger) -> None:
    answers: dict[str, list[bytes]] = {
        "/page": [*ok(b"x" * 5_000)],
        "/loop": [*redirect("/loop")],
        "/loopback": [*redirect("http://127.0.0.1/")],
        "/image": [head(kind="image/png")],
        "/packed": [head("Content-Encoding: gzip")],
        "/nonsense": [b"nonsense\r\n\r\n"],
        "/lengths": [head("Content-Length: 5, 6")],
        "/short": [head("Content-Length: 5")],
        "/nothing": [],
    }
    stranger.answer = answers.__getitem__
    held: list[object] = []  # errors, and with them all that they happened to
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        for path in answers:
            try:
                held.append(fetch(f"{stranger.url}{path}", max_bytes=10))
            except (RefusedError, UnreachableError) as error:
                held.append(error)
            assert open_by_us() == 0, path
        stranger.close()
        with pytest.raises(UnreachableError, match="connect"):
            fetch(stranger.url)
        held.clear()
        gc.collect()
    assert [warning for warning in caught if warning.category is ResourceWarning] == []


def test_many_threads_share_one_way_out(fetch: Fetch, stranger: Stranger) -> None:
    stranger.answer = lambda path: ok(path.encode() * 100)
    urls = [f"{stranger.url}/{number}" for number in range(64)]
    with ThreadPoolExecutor(max_workers=32) as threads:
        bodies = [fetched.body for fetched in threads.map(fetch, urls)]
    assert bodies == [f"/{number}".encode() * 100 for number in range(64)]
