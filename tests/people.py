"""The people of the end-to-end tests: they know the gateway's address and nothing else."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import requests
import socketio

from tests import asyncapi
from tests.description import committed

DESCRIPTION = committed()
SOCKETS = asyncapi.SocketsDescription(asyncapi.committed("sockets.json"))
PASSWORD = "correct horse battery"
DEADLINE_SECONDS = 30.0

Json = dict[str, Any]


class Person:
    """Somebody with a nickname of their own, registered and logged in."""

    def __init__(self, base_url: str, *, nickname: str | None = None) -> None:
        self.base_url = base_url
        self.nickname = nickname or f"p-{uuid4().hex[:12]}"
        self.http = requests.Session()
        registered = self.call("POST", "/users", json={"nickname": self.nickname, "password": PASSWORD})
        registered.raise_for_status()
        self.id: int = registered.json()["id"]
        self.token = self.log_in()

    def log_in(self) -> str:
        """Begin a session and use it from now on."""
        answer = self.call("POST", "/tokens", auth=(self.nickname, PASSWORD))
        answer.raise_for_status()
        return self.take(answer.json())

    def take(self, tokens: Json) -> str:
        """Go on with *tokens*, and return the one for access."""
        self.token, self.refresh_token = tokens["token"], tokens["refresh_token"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"
        return self.token

    def log_out(self) -> None:
        """End the session."""
        self.call("DELETE", "/tokens").raise_for_status()

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Ask the API; whatever it answers is what its description says."""
        url = path if path.startswith("http") else f"{self.base_url}{_absolute(path)}"
        answer = self.http.request(method, url, timeout=DEADLINE_SECONDS, **options)
        DESCRIPTION.check_response(answer)
        return answer

    def post(self, source: str) -> Json:
        """Post a message and return it as it was answered."""
        answer = self.call("POST", "/messages", json={"source": source})
        assert answer.status_code == 202, answer.text
        posted: Json = answer.json()
        return posted

    def read(self, message_id: int) -> Json:
        """Return a message as it is now."""
        answer = self.call("GET", f"/messages/{message_id}")
        answer.raise_for_status()
        message: Json = answer.json()
        return message


def _absolute(path: str) -> str:
    return path if path.startswith("/api") else f"/api/v1{path}"


class Listener:
    """A Socket.IO client that keeps all that it is told.

    Attributes:
        complaints: In what that was not as it is described.
        ends: How often its token was good for nothing any more.
        interruptions: How often it lost its connection.
        places: The cursors before which it has been told everything.
    """

    def __init__(self, base_url: str, *, token: str | None = None, transports: list[str] | None = None) -> None:
        self._heard: list[Json] = []
        self.ends = self.interruptions = 0
        self.places: list[str] = []
        self.complaints: list[str] = []
        self._news = threading.Condition(threading.RLock())
        self.client = socketio.Client(reconnection=True, request_timeout=10)
        self.client.on("updated_model", self.hear)
        self.client.on("expired_token", self.hear_of_end)
        self.client.on("up_to_date", self.hear_of_place)
        self.client.on("disconnect", self.be_interrupted)
        auth = {"token": token} if token else None
        self.client.connect(base_url, auth=auth, transports=transports, wait_timeout=DEADLINE_SECONDS)

    def hear(self, news: Json) -> None:
        """Keep *news* and wake whoever waits for it."""
        with self._news:
            self.complaints += SOCKETS.complaints("updated_model", [news])
            self._heard.append(news)
            self._news.notify_all()

    def hear_of_end(self) -> None:
        """Note that the token is good for nothing any more."""
        with self._news:
            self.ends += 1
            self._news.notify_all()

    def hear_of_place(self, place: Json) -> None:
        """Note up to where all has been told."""
        with self._news:
            self.complaints += SOCKETS.complaints("up_to_date", [place])
            self.places.append(place["cursor"])
            self._news.notify_all()

    def be_interrupted(self, _reason: str) -> None:
        """Note that the connection is lost."""
        self.interruptions += 1

    @property
    def messages(self) -> list[Json]:
        """The messages that were heard of, in their order."""
        with self._news:
            return [news["model"] for news in self._heard if news["class"] == "Message"]

    @property
    def users(self) -> list[Json]:
        """The users that were heard of, in their order."""
        with self._news:
            return [news["model"] for news in self._heard if news["class"] == "User"]

    def hears(self, is_enough: Callable[[], bool], *, seconds: float = DEADLINE_SECONDS) -> bool:
        """Wait until *is_enough*; false if that takes too long."""
        deadline = time.monotonic() + seconds
        with self._news:
            while not is_enough():
                remaining = deadline - time.monotonic()
                if remaining <= 0 or not self._news.wait(remaining):
                    return is_enough()
        return True

    def hears_rendered(self, *ids: int) -> bool:
        """Wait until all messages of *ids* were heard of as rendered."""
        return self.hears(lambda: set(ids) <= {m["id"] for m in self.messages if m["status"] == "rendered"})

    def ask(self, event: str, *arguments: Any) -> Any:
        """Send *event* and return its acknowledgement; it is what the description says."""
        answer = self.client.call(event, arguments, timeout=10)
        assert SOCKETS.complaints_of_answer(event, answer) == []
        return answer


@contextmanager
def listening(base_url: str, **options: Any) -> Iterator[Listener]:
    """Listen for as long as the block lasts."""
    listener = Listener(base_url, **options)
    try:
        yield listener
    finally:
        listener.client.disconnect()
    assert listener.complaints == []


def eventually(is_so: Callable[[], bool], *, seconds: float = DEADLINE_SECONDS) -> bool:
    """Ask again and again until *is_so*; false if that takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return is_so()
