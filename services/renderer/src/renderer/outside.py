"""The one way out: every byte that comes from outside comes through here."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPException
from ipaddress import IPv4Address, ip_network
from typing import Final

from requests import Request, RequestException, Response
from urllib3.exceptions import HTTPError
from urllib3.util import Url

from renderer.addresses import Address, Network, Networks, is_public, unwrapped
from renderer.answers import MAX_HEADER_BYTES, Fetched, location_of, take
from renderer.connections import PinnedAdapter, create_tls
from renderer.limits import LimitedSocket, Limits, UnreachableError, open_socket
from renderer.names import Names, Resolve, resolve_host
from renderer.robots import PRODUCT_TOKEN
from renderer.urls import PORTS, RefusedError, join, literal_address, parse, port_of

__all__ = ["Fetched", "Outside", "RefusedError", "UnreachableError"]

USER_AGENT: Final = f"{PRODUCT_TOKEN}/1.0 (link previews of a Flack server)"
MAX_REDIRECTS: Final = 3
# Of the addresses of a host.
MAX_TRIES: Final = 3


class Outside:
    """Asks servers of strangers, of the public Internet and of what else is allowed; threads may share it.

    Args:
        allowed: Networks that are not public, but may be asked on any port.
        resolve: Tells the addresses of a host.
        admit: Called before each connection with `host:NAME`, and with `net:ADDRESS/32` (IPv6: `/64`) for each address
            that is tried; raises RefusedError when that one has been asked too often.
    """

    def __init__(
        self,
        *,
        allowed: Sequence[Network] = (),
        resolve: Resolve = resolve_host,
        admit: Callable[[str], None] = lambda _key: None,
    ) -> None:
        self._allowed = Networks(allowed)
        self._names = Names(resolve)
        self._admit = admit
        self._tls = create_tls()

    def fetch(
        self,
        url: str,
        *,
        types: frozenset[str] | None,
        max_bytes: int,
        deadline: float,
        before_each: Callable[[str], None] = lambda _url: None,
    ) -> Fetched:
        """Return what is at *url*, following up to `MAX_REDIRECTS` redirects.

        Args:
            types: Which media types will do, in lower case; any if None.
            max_bytes: How much of the body is read.
            deadline: An instant of `time.monotonic`, by which all of it is over.
            before_each: Called with *url* and where each redirect leads before that is asked; what it raises is raised.

        Raises:
            RefusedError: A rule forbids to ask for it, or to take the answer.
            UnreachableError: There was no answer, or no proper one, in time.
        """
        for _ in range(MAX_REDIRECTS + 1):
            target, limits = parse(url), Limits(deadline, MAX_HEADER_BYTES)
            before_each(target.url)
            with _told_apart(), self._ask(target, types, limits) as answer:
                location = location_of(answer)
                if location is None:
                    return take(answer, types, limits, max_bytes)
                url = join(str(answer.url), location)
        raise RefusedError("redirects")

    def check(self, url: str, *, deadline: float) -> None:
        """Apply all the rules to *url* without connecting anywhere.

        Raises:
            RefusedError: A rule forbids to ask for it.
            UnreachableError: Its host has no address, or nobody could tell by *deadline*.
        """
        self._checked_addresses(parse(url), deadline)

    @contextmanager
    def _ask(self, url: Url, types: frozenset[str] | None, limits: Limits) -> Iterator[Response]:
        headers = {
            "User-Agent": USER_AGENT,
            "Accept": ", ".join(sorted(types or {"*/*"})),
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        request = Request("GET", url.url, headers=headers).prepare()
        # The adapter without a session: no cookies, no environment, no credentials, no redirects of its own.
        with (
            closing(limits),
            closing(PinnedAdapter(url, lambda: self._open(url, limits), self._tls)) as adapter,
            closing(adapter.send(request, stream=True, timeout=limits.seconds_left())) as answer,
        ):
            yield answer

    def _open(self, url: Url, limits: Limits) -> LimitedSocket:
        addresses = self._checked_addresses(url, limits.deadline)[:MAX_TRIES]
        self._admit(f"host:{(url.host or '').rstrip('.')}")
        for number, address in enumerate(addresses):
            self._admit(_network_key(address))
            seconds = limits.seconds_left() / (len(addresses) - number)
            try:
                return open_socket(address, port_of(url), limits, seconds=seconds)
            except OSError:
                continue
        limits.seconds_left()
        raise UnreachableError("connect")

    def _checked_addresses(self, url: Url, deadline: float) -> Sequence[Address]:
        is_usual_port = port_of(url) in PORTS.values()
        if not is_usual_port and not self._allowed:
            raise RefusedError("port")
        host = url.host or ""
        literal = literal_address(host)
        addresses = [literal] if literal else self._names.addresses_of(host, deadline=deadline)
        for address in addresses:
            if address in self._allowed:
                continue
            if not is_public(address):
                raise RefusedError("address")
            if not is_usual_port:
                raise RefusedError("port")
        return addresses


@contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except (RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
        raise UnreachableError("protocol") from error


def _network_key(address: Address) -> str:
    address = unwrapped(address)
    return f"net:{ip_network((address, 32 if isinstance(address, IPv4Address) else 64), strict=False)}"
