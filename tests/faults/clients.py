"""Clients that come back after every interruption, and then read what they missed."""

import contextlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import requests
import socketio
from socketio.exceptions import SocketIOError

from tests.faults.board import Board

CONNECT_SECONDS = 5
SYNC_SECONDS = 15
RECONNECT_PAUSE_SECONDS = 1.0
LOOK_SECONDS = 0.1
JOIN_SECONDS = 15.0


class Client(Protocol):
    """Somebody who wants to see every message."""

    name: str
    board: Board

    @property
    def is_current(self) -> bool:
        """Whether it is connected and has read what it missed."""

    def start(self) -> None:
        """Begin to listen, in a thread of its own."""

    def ask_to_stop(self) -> None:
        """Begin to end it."""

    def join(self) -> None:
        """Wait until it has ended, or has had its time."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How a client connects.

    Attributes:
        transports: What it can do; None starts with long polling and moves on to a WebSocket.
    """

    name: str
    transports: Sequence[str] | None
    has_token: bool


KINDS = (
    Kind(name="websocket", transports=["websocket"], has_token=False),
    Kind(name="upgraded", transports=None, has_token=True),
    Kind(name="polling", transports=["polling"], has_token=False),
    Kind(name="polling with a token", transports=["polling"], has_token=True),
)


class ResumingClient:
    """A Socket.IO client: told of what is new while it is connected, and asking for the rest whenever it connects."""

    def __init__(self, base_url: str, kind: Kind, *, token: str, cursor: str | None) -> None:
        self.name = kind.name
        self.board = Board()
        self._base_url = base_url
        self._cursor = cursor
        self._options = {"transports": kind.transports, "auth": {"token": token} if kind.has_token else None}
        self._stopping = threading.Event()
        self._resumed: Any = None
        self._thread = threading.Thread(target=self._run, name=f"client {self.name}", daemon=True)

    @property
    def is_current(self) -> bool:
        """Whether it is connected and has read what it missed."""
        resumed = self._resumed
        return resumed is not None and bool(resumed.connected)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Begin to disconnect, for good."""
        self._stopping.set()

    def join(self) -> None:
        """Wait until it is gone, or has had its time."""
        self._thread.join(JOIN_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(SocketIOError, requests.RequestException):
                self._live_through_one_connection()
            self._stopping.wait(RECONNECT_PAUSE_SECONDS)

    def _live_through_one_connection(self) -> None:
        # A new one every time: the library's own reconnection forgets to come back when a new connection dies young.
        connection = socketio.Client(reconnection=False, request_timeout=CONNECT_SECONDS, handle_sigint=False)
        connection.on("updated_model", self._hear)
        connection.on("up_to_date", partial(self._hear_place, connection))
        try:
            connection.connect(self._base_url, wait_timeout=CONNECT_SECONDS, **self._options)
            # Only now: what happens from here on is told, and what happened until here is asked for.
            self._sync(connection)
            self._resumed = connection
            while connection.connected and not self._stopping.wait(LOOK_SECONDS):
                pass
        finally:
            connection.disconnect()

    def _sync(self, connection: socketio.Client) -> None:
        """Ask for what was missed until nothing is left; if that fails, go on from there at the next connection."""
        more = True
        while more:
            page = connection.call("sync", {"cursor": self._cursor}, timeout=SYNC_SECONDS)
            if not page["ok"]:
                raise SocketIOError(page["problem"]["type"])
            self.board.merge(page["messages"])
            self._cursor, more = page["cursor"], page["more"]

    def _hear_place(self, connection: socketio.Client, place: dict[str, Any]) -> None:
        if connection is self._resumed:
            self._cursor = place["cursor"]

    def _hear(self, news: dict[str, Any]) -> None:
        if news["class"] == "Message":
            self.board.merge([news["model"]])
