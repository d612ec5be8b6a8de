"""What is taken of the answers of strangers."""

from dataclasses import dataclass
from typing import Final

from requests import Response
from urllib3.exceptions import ProtocolError

from renderer.limits import Limits
from renderer.urls import RefusedError

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
# Status line and all headers together.
MAX_HEADER_BYTES: Final = 64 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """What a server answered.

    Attributes:
        url: Where the last redirect led.
        content_type: The whole header; empty if there was none.
        body: As it came, at most as much as was asked for.
    """

    url: str
    status: int
    content_type: str
    body: bytes


def location_of(answer: Response) -> str | None:
    """Return where *answer* sends us; None if it does not."""
    if answer.status_code not in REDIRECTS:
        return None
    location = answer.headers.get("Location")
    # Headers come as Latin-1, but servers mean UTF-8.
    return None if location is None else location.encode("latin-1").decode(errors="replace")


def take(answer: Response, types: frozenset[str] | None, limits: Limits, max_bytes: int) -> Fetched:
    """Read the body of *answer*, at most *max_bytes* of it, if it is plain and of one of the media *types*.

    Raises:
        RefusedError: It is not.
        UnreachableError: It came too slowly, or with too much around it.
        HTTPError: It is none.
    """
    _refuse_encodings(answer)
    content_type = answer.headers.get("Content-Type", "")
    if types is not None and content_type.partition(";")[0].strip().lower() not in types:
        raise RefusedError("type")
    body = _read(answer, limits, max_bytes)
    return Fetched(url=str(answer.url), status=answer.status_code, content_type=content_type, body=body)


def _refuse_encodings(answer: Response) -> None:
    content = answer.headers.get("Content-Encoding", "identity")
    transfer = answer.headers.get("Transfer-Encoding", "chunked")
    if content.strip().lower() not in {"", "identity"} or transfer.strip().lower() != "chunked":
        raise RefusedError("encoding")


def _read(answer: Response, limits: Limits, max_bytes: int) -> bytes:
    limits.allow(2 * max_bytes + MAX_HEADER_BYTES)  # with what frames the chunks, and what is read ahead
    body = bytearray()
    while len(body) < max_bytes:
        try:
            piece = answer.raw.read1(max_bytes - len(body), decode_content=False)
        except ProtocolError:
            if not body:
                raise
            break  # it ended before it said; what came until then counts
        if not piece:
            break
        body += piece
    return bytes(body)
