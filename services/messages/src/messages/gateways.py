"""Asks the gateway how many requests it has answered; what it keeps ready never reaches a service."""

import re
import socket
from collections.abc import Sequence
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import structlog
from sqlalchemy.orm import Session, sessionmaker

from chassis.clock import utc_now
from chassis.periodic import Job
from messages.commands.samples import note_requests_answered
from messages.queries.stats import SAMPLE_EVERY

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 1.0
MAX_GATEWAYS = 64
MAX_BYTES = 4096
# nginx's stub_status: accepted and handled connections, and requests.
COUNTERS = re.compile(r"^\s*\d+\s+\d+\s+(\d+)\s*$", re.MULTILINE)


class Gateways:
    """The gateways behind the name in *url*, `http://HOST:PORT/PATH`, each asked by its address."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port, self._path = parts.hostname or "", parts.port or 80, parts.path

    def read(self) -> dict[str, int]:
        """Return by address how many requests each has had, this one included; who does not answer is left out."""
        counted = {address: self._read(address) for address in self._addresses()}
        return {address: count for address, count in counted.items() if count is not None}

    def _addresses(self) -> list[str]:
        try:
            found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        except OSError as error:
            log.info("gateway_unknown", host=self._host, error=repr(error))
            return []
        return sorted({str(address[0]) for *_, address in found})[:MAX_GATEWAYS]

    def _read(self, address: str) -> int | None:
        with closing(HTTPConnection(address, self._port, timeout=ANSWER_SECONDS)) as connection:
            try:
                connection.request("GET", self._path)
                counters = COUNTERS.search(connection.getresponse().read(MAX_BYTES).decode("ascii", "replace"))
            except (OSError, HTTPException) as error:
                log.info("gateway_unread", address=address, error=repr(error))
                return None
        return int(counters[1]) if counters else None


def sampling_jobs(url: str | None, sessions: sessionmaker[Session]) -> Sequence[Job]:
    """Return what writes down, every few seconds, how many requests the gateways behind *url* have answered."""
    if url is None:
        return []
    gateways = Gateways(url)

    def sample() -> None:
        counts = gateways.read()
        with sessions.begin() as session:
            note_requests_answered(session, counts, now=utc_now())

    return [Job(name="gateway_samples", every_seconds=SAMPLE_EVERY.total_seconds(), do=sample)]
