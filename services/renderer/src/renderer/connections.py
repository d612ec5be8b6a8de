"""Makes `requests` connect in no other way than to an address that was checked."""

import socket
import ssl
from collections.abc import Callable
from typing import Any, Final, TypeAlias, cast

import certifi
from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Url
from urllib3.util.ssl_ import create_urllib3_context

from renderer.limits import LimitedSocket, LimitedTLSSocket, UnreachableError
from renderer.urls import port_of

# Returns a connection to the host of the request, of which all addresses were checked.
Dial: TypeAlias = Callable[[], LimitedSocket]
ALPN: Final = ["http/1.1"]


def create_tls() -> ssl.SSLContext:
    """Return what verifies certificates as requests does; it is not changed later, so threads may share it."""
    context = create_urllib3_context()
    context.load_verify_locations(certifi.where())
    context.set_alpn_protocols(ALPN)
    context.sslsocket_class = LimitedTLSSocket
    return context


class PinnedAdapter(HTTPAdapter):
    """Sends the one request that it is made for.

    Args:
        url: What is asked for, as `renderer.urls.parse` returns it.
        dial: Opens the connection.
        tls: As `create_tls` returns it.
    """

    def __init__(self, url: Url, dial: Dial, tls: ssl.SSLContext) -> None:
        super().__init__()
        host, port = url.host or "", port_of(url)
        self._pool: HTTPConnectionPool = (
            _TLSPool(host, port, dial=dial, tls=tls) if url.scheme == "https" else _PlainPool(host, port, dial=dial)
        )

    def get_connection_with_tls_context(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        """Return the pool that dials, for whatever request."""
        del request, args, kwargs
        return self._pool

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """Leave it to the TLS context, which always does."""

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()
        super().close()


class _PlainConnection(HTTPConnection):
    def __init__(self, *args: Any, dial: Dial, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._dial = dial

    def _new_conn(self) -> socket.socket:
        return self._dial()


class _TLSConnection(HTTPSConnection):
    def __init__(self, *args: Any, dial: Dial, tls: ssl.SSLContext, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._dial = dial
        self._tls = tls

    def connect(self) -> None:
        """Connect, and verify who answers."""
        # Not by what it is derived from, which changes the shared context for every connection.
        with self._dial() as plain:
            with plain.limits.waiting(plain):
                wrapped = self._wrap(plain)
            plain.limits.bind(wrapped)
        self.sock = wrapped
        self.is_verified = True

    def _wrap(self, plain: LimitedSocket) -> LimitedTLSSocket:
        try:
            return cast("LimitedTLSSocket", self._tls.wrap_socket(plain, server_hostname=self.host))
        except TimeoutError:
            raise
        except (OSError, ValueError) as error:
            raise UnreachableError("tls") from error


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection
