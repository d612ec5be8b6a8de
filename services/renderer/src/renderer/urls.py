"""Which URLs of strangers may be asked for at all; what their hosts' addresses are is looked at when connecting."""

import re
import unicodedata
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final, Literal, TypeAlias
from urllib.parse import urljoin

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from renderer.addresses import Address

MAX_URL_CHARS: Final = 2_000
MAX_HOST_CHARS: Final = 253
PORTS: Final = {"http": 80, "https": 443}
# Underscores are no letters of a host name, but people have such names in their DNS.
HOST_NAME: Final = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
# Whoever resolves names may take one that ends so for an IPv4 address, in one of many old spellings.
ENDS_IN_A_NUMBER: Final = re.compile(r"(^|.*\.)([0-9]+|0x[0-9a-f]*)\.?")

Reason: TypeAlias = Literal[
    "url", "scheme", "userinfo", "host", "port", "address", "redirects", "encoding", "type", "busy"
]


class RefusedError(Exception):
    """A rule says no.

    Attributes:
        reason: The rule: `url` (too long, or not a URL), `scheme`, `userinfo`, `host` (no name and no address), `port`,
            `address` (not public), `redirects` (too many), `encoding` (of the body), `type` (of the content) or `busy`
            (asked too often).
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def parse(url: str) -> Url:
    """Return *url* in parts, normalised as it will be asked for: the host in ASCII, no fragment.

    This is the parser of the library that connects, so that both mean the same host.

    Raises:
        RefusedError: It breaks a rule that can be seen without resolving its host.
    """
    if len(url) > MAX_URL_CHARS or not _has_only_url_chars(url):
        raise RefusedError("url")
    try:
        parsed = parse_url(url)
    except LocationParseError as error:
        raise RefusedError("url") from error
    if parsed.scheme not in PORTS:
        raise RefusedError("scheme")
    if parsed.auth is not None:
        raise RefusedError("userinfo")
    if not parsed.host or not _is_host(parsed.host):
        raise RefusedError("host")
    return parsed._replace(path=parsed.path or "/", fragment=None)


def join(base: str, reference: str) -> str:
    """Return the URL that *reference*, relative or absolute, means on the page *base*.

    Raises:
        RefusedError: It is none.
    """
    # Before they are joined, as that drops some of these.
    if not _has_only_url_chars(reference):
        raise RefusedError("url")
    try:
        return urljoin(base, reference)
    except ValueError as error:
        raise RefusedError("url") from error


def port_of(url: Url) -> int:
    """Return the port that *url*, as `parse` returns it, asks for."""
    return PORTS[url.scheme or ""] if url.port is None else url.port


def literal_address(host: str) -> Address | None:
    """Return the address that *host* of a URL spells, with or without brackets; None for a name."""
    try:
        return IPv6Address(host.strip("[]")) if ":" in host else IPv4Address(host)
    except AddressValueError:
        return None


def _has_only_url_chars(url: str) -> bool:
    return "\\" not in url and not any(char.isspace() or unicodedata.category(char) in {"Cc", "Cs"} for char in url)


def _is_host(host: str) -> bool:
    if host.startswith("["):
        return "%" not in host and literal_address(host) is not None
    if ENDS_IN_A_NUMBER.fullmatch(host.lower()):
        return literal_address(host) is not None
    return len(host) <= MAX_HOST_CHARS and HOST_NAME.fullmatch(host) is not None
