"""Over TLS the certificate must be that of the name, whatever address it was connected to."""

import itertools
import ssl
from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv4Network

import certifi
import pytest
import trustme

from renderer.outside import Outside, UnreachableError
from tests.unit.renderer.outside.conftest import Fetch
from tests.unit.renderer.outside.strangers import HOST, Stranger, head, ok, open_by_us, tell

Serve = Callable[..., Stranger]
asked: list[str | None] = []


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def outside(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    """Trusts the authority of the test as it would those of certifi."""
    with authority.cert_pem.tempfile() as path:
        monkeypatch.setattr(certifi, "where", lambda: path)
        yield Outside(allowed=[IPv4Network(f"{HOST}/32")], resolve=tell)


@pytest.fixture
def serve(authority: trustme.CA) -> Iterator[Serve]:
    """Starts a server with a certificate for the given names."""
    servers = []

    def serve(*names: str, issuer: trustme.CA = authority) -> Stranger:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        issuer.issue_cert(*names).configure_cert(context)
        context.sni_callback = lambda _connection, name, _context: asked.append(name)
        servers.append(Stranger(context))
        return servers[-1]

    asked.clear()
    yield serve
    for server in servers:
        server.close()


def test_a_page_is_fetched_by_its_name(fetch: Fetch, serve: Serve) -> None:
    server = serve("stranger.test")
    assert fetch(f"{server.url}/x").body == b"hello"
    assert asked == ["stranger.test"]
    assert f"\r\nHost: stranger.test:{server.port}\r\n" in server.heads[0]


def test_a_name_with_a_dot_at_its_end_is_the_same_name(fetch: Fetch, serve: Serve) -> None:
    server = serve("stranger.test")
    assert fetch(server.url.replace(".test", ".test.")).body == b"hello"
    assert asked == ["stranger.test"]


@pytest.mark.parametrize("name", ["other.test", "*.stranger.test", HOST])
def test_a_certificate_of_another_name_is_refused(name: str, fetch: Fetch, serve: Serve) -> None:
    server = serve(name)
    with pytest.raises(UnreachableError, match="tls"):
        fetch(server.url)
    assert server.heads == []


def test_a_certificate_of_somebody_elses_authority_is_refused(fetch: Fetch, serve: Serve) -> None:
    server = serve("stranger.test", issuer=trustme.CA())
    with pytest.raises(UnreachableError, match="tls"):
        fetch(server.url)
    assert server.heads == []


def test_an_address_needs_a_certificate_for_itself(fetch: Fetch, serve: Serve) -> None:
    assert fetch(f"https://{HOST}:{serve(HOST).port}/").body == b"hello"
    with pytest.raises(UnreachableError, match="tls"):
        fetch(f"https://{HOST}:{serve('stranger.test').port}/")


def test_what_is_not_tls_is_refused(fetch: Fetch, stranger: Stranger) -> None:
    with pytest.raises(UnreachableError, match="tls"):
        fetch(stranger.url.replace("http:", "https:"))


def test_a_redirect_may_lead_away_from_tls(fetch: Fetch, serve: Serve, stranger: Stranger) -> None:
    server = serve("stranger.test")
    server.answer = lambda _path: [f"HTTP/1.1 302 F\r\nLocation: {stranger.url}/\r\n\r\n".encode()]
    assert fetch(server.url).url == f"{stranger.url}/"


@pytest.mark.parametrize("pieces", [[b""], itertools.chain([b"\x16\x03\x03\x40\x00"], itertools.repeat(b"\x02"))])
def test_a_handshake_that_does_not_go_on_ends(pieces: Iterable[bytes], fetch: Fetch, stranger: Stranger) -> None:
    def answer(_path: str) -> Iterator[bytes]:
        yield from stranger.slowly(pieces)
        stranger.stopping.wait()

    stranger.answer = answer
    with pytest.raises(UnreachableError, match="timeout"):
        fetch(stranger.url_by_address.replace("http:", "https:"), seconds=0.5)


def test_a_byte_at_a_time_ends_over_tls(fetch: Fetch, serve: Serve) -> None:
    server = serve(HOST)
    server.answer = lambda _path: server.slowly(itertools.chain([head()], itertools.repeat(b"x")))
    with pytest.raises(UnreachableError, match="timeout"):
        fetch(server.url_by_address, seconds=0.5)


def test_an_endless_header_ends_over_tls(fetch: Fetch, serve: Serve) -> None:
    server = serve("stranger.test")
    server.answer = lambda _path: itertools.chain([b"HTTP/1.1 200 OK\r\n"], itertools.repeat(b"X: " + b"y" * 9_000))
    with pytest.raises(UnreachableError, match="protocol"):
        fetch(server.url)


def test_what_is_read_is_cut_at_the_limit_over_tls(fetch: Fetch, serve: Serve) -> None:
    server = serve("stranger.test")
    server.answer = lambda _path: ok(b"x" * 50_000)
    assert fetch(server.url, max_bytes=1_234).body == b"x" * 1_234


def test_no_socket_stays_open_over_tls(fetch: Fetch, serve: Serve) -> None:
    server = serve("stranger.test")
    server.answer = lambda _path: [head("Content-Length: 5, 6")]
    with pytest.raises(UnreachableError, match="protocol") as held:
        fetch(server.url)
    assert open_by_us() == 0
    assert held.value.reason == "protocol"
