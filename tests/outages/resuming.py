"""A client of push as it should be: asks for what it missed whenever it connects, and takes versions only upwards."""

import contextlib
import threading
from typing import Any, Final, TypeAlias

import socketio
from socketio.exceptions import SocketIOError

CONNECT_SECONDS: Final = 5
SYNC_SECONDS: Final = 10
PAUSE_SECONDS: Final = 0.3
LOOK_SECONDS: Final = 0.1
JOIN_SECONDS: Final = 30.0
UNAVAILABLE: Final = "/problems/unavailable"

Json: TypeAlias = dict[str, Any]
# Class and id of a model.
Key: TypeAlias = tuple[str, int]


class ResumingClient:
    """Connects again and again.

    Args:
        cursor: Where it begins.

    Attributes:
        stays: How often it has come in and was told all that it had missed.
        complaints: What it was told that it should not have been.
    """

    def __init__(self, url: str, *, transports: list[str] | None, token: str | None, cursor: str) -> None:
        self.stays = 0
        self.complaints: list[str] = []
        self.cursor = cursor
        self._url = url
        self._options: Json = {"transports": transports, "auth": {"token": token} if token else None}
        self._newest: dict[Key, int] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def versions(self) -> dict[Key, int]:
        """Return the newest version of each message and user that it knows of."""
        with self._lock:
            return dict(self._newest)

    def take(self, kind: str, model: Json) -> None:
        """Take over what is newer than what is known."""
        with self._lock:
            key = kind, model["id"]
            self._newest[key] = max(model["version"], self._newest.get(key, 0))

    def stop(self) -> None:
        """Leave for good."""
        self._stopping.set()
        self._thread.join(JOIN_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            # A new one every time: the library's own reconnection gives up when a new connection dies young.
            connection = socketio.Client(reconnection=False, request_timeout=CONNECT_SECONDS, handle_sigint=False)
            with contextlib.suppress(SocketIOError):
                self._stay(connection, Stay(self))
            connection.shutdown()
            self._stopping.wait(PAUSE_SECONDS)

    def _stay(self, connection: Any, stay: "Stay") -> None:
        connection.on("updated_model", stay.hear)
        connection.on("up_to_date", stay.hear_of_place)
        connection.connect(self._url, wait_timeout=CONNECT_SECONDS, **self._options)
        # Only now: what happens from here on is told, and what happened until here is asked for.
        stay.ask(connection)
        self.stays += 1
        while connection.connected and not self._stopping.wait(LOOK_SECONDS):
            pass


class Stay:
    """One connection of a client."""

    def __init__(self, client: ResumingClient) -> None:
        self._client = client
        self._heard: dict[Key, int] = {}
        self._is_complete = False

    def hear(self, news: Json) -> None:
        """Take over what is told to all; no version comes twice, nor after a newer one."""
        key, version = (news["class"], news["model"]["id"]), news["model"]["version"]
        if version <= self._heard.get(key, 0):
            self._client.complaints.append(f"{key}: {version} after {self._heard[key]}")
        self._heard[key] = version
        self._client.take(news["class"], news["model"])

    def hear_of_place(self, place: Json) -> None:
        """Remember where to begin the next time; before all is known that was missed, that is no such place."""
        if self._is_complete:
            self._client.cursor = place["cursor"]

    def ask(self, connection: Any) -> None:
        """Read all that was missed.

        Raises:
            SocketIOError: It could not be read right now, or the connection is gone.
        """
        has_more = True
        while has_more:
            page = connection.call("sync", {"cursor": self._client.cursor}, timeout=SYNC_SECONDS)
            if not page["ok"]:
                self._refused(page["problem"])
            for kind, models in (("Message", page["messages"]), ("User", page["users"])):
                for model in models:
                    self._client.take(kind, model)
            self._client.cursor, has_more = page["cursor"], page["more"]
        self._is_complete = True

    def _refused(self, problem: Json) -> None:
        if problem["type"] != UNAVAILABLE:
            self._client.complaints.append(str(problem))
        raise SocketIOError(problem["detail"])
