"""Tells who is connected to this replica, and that it lives.

Nobody waits for it: what changes is noted, and published in the background. A broker that is away is told later.
"""

import threading
import time
from collections.abc import Callable
from itertools import count, islice
from typing import Final, NamedTuple
from uuid import uuid4

import structlog

from chassis.amqp import BrokerUnavailableError
from chassis.publisher import Publisher
from contracts import ClientConnected, ClientDisconnected, PushHeartbeat
from push.clients import Clients
from push.commands import CONFIRM_SECONDS, publish

log = structlog.get_logger(__name__)

TICK_SECONDS: Final = 0.1
RETRY_SECONDS: Final = 1.0
HEARTBEAT_SECONDS: Final = 10.0
# Whoever has not been heard for so long is about to be given up by the others, and begins anew.
UNHEARD_SECONDS: Final = 20.0
AT_A_TIME: Final = 200
FAREWELL_SECONDS: Final = 1.5


class Connection(NamedTuple):
    """A user who proved on a client who they are, from then until they leave it, or their token ends."""

    client_id: str
    user_id: int


class Presence:
    """The connections of this replica whose users are known.

    Args:
        clock: Seconds that never go back.

    Attributes:
        replica: What the others know this replica by. After it was unheard for long it takes another name and tells all
            its connections anew; whatever was told of the old name goes when that stays silent.
    """

    def __init__(self, publisher: Publisher, clients: Clients, clock: Callable[[], float] = time.monotonic) -> None:
        self._publisher = publisher
        self._clients = clients
        self._clock = clock
        self._open: dict[str, Connection] = {}
        # Clients that stayed when a connection of theirs closed: what is closed never opens again.
        self._stayed: set[str] = set()
        self._numbers = count(1)
        # Whether each is open. There are no more than come and go in `UNHEARD_SECONDS`.
        self._untold: dict[Connection, bool] = {}
        self._heard_at = self._beat_at = clock()
        self._telling = threading.Lock()
        self.replica = str(uuid4())

    def open(self, client_id: str, user_id: int) -> None:
        """Note that *user_id*, and nobody else, is there on *client_id*, unless it has left meanwhile."""
        known = self._open.get(client_id)
        if client_id not in self._clients or (known and known.user_id == user_id):
            return
        self.close(client_id)
        name = f"{client_id}.{next(self._numbers)}" if client_id in self._stayed else client_id
        self._open[client_id] = connection = Connection(name, user_id)
        self._untold[connection] = True

    def close(self, client_id: str) -> None:
        """Note that whoever was there on *client_id* is not any more."""
        connection = self._open.pop(client_id, None)
        if connection is not None:
            self._untold[connection] = False
        if client_id not in self._clients:
            self._stayed.discard(client_id)
        elif connection is not None:
            self._stayed.add(client_id)

    def show(self, client_id: str, user_id: int) -> None:
        """Tell at once that *user_id* is there on *client_id*.

        Raises:
            BrokerUnavailableError: Nobody has heard it for sure; it will be told again.
        """
        self.open(client_id, user_id)
        connection = self._open.get(client_id)
        if connection is not None:
            publish(self._publisher, [ClientConnected(**connection._asdict(), replica=self.replica)])

    def run(self, stopping: threading.Event) -> None:
        """Tell what changes, and that this replica lives, until *stopping* is set."""
        while not stopping.wait(TICK_SECONDS):
            try:
                self.tell()
            except BrokerUnavailableError as error:
                log.warning("presence_untold", count=len(self._untold), error=str(error))
                stopping.wait(RETRY_SECONDS)

    def tell(self) -> None:
        """Tell what there is to be told.

        Raises:
            BrokerUnavailableError: Not all of it was heard; the rest is told the next time.
        """
        with self._telling:
            if self._clock() - self._heard_at >= UNHEARD_SECONDS:
                self._begin_anew()
            if self._clock() >= self._beat_at:
                publish(self._publisher, [PushHeartbeat(replica=self.replica, client_count=len(self._clients))])
                self._heard_at = self._clock()
                self._beat_at = self._heard_at + HEARTBEAT_SECONDS
            self._tell_changes(CONFIRM_SECONDS)

    def say_farewell(self) -> None:
        """Tell that all have left, since the process ends; if nobody hears it, the silence will tell."""
        for client_id in tuple(self._open):
            self.close(client_id)
        try:
            with self._telling:
                self._tell_changes(FAREWELL_SECONDS)
                last = PushHeartbeat(replica=self.replica, client_count=0)
                publish(self._publisher, [last], timeout_seconds=FAREWELL_SECONDS)
        except BrokerUnavailableError as error:
            log.warning("farewell_unheard", error=str(error))

    def _begin_anew(self) -> None:
        self.replica = str(uuid4())
        self._untold = dict.fromkeys(self._open.values(), True)

    def _tell_changes(self, timeout_seconds: float) -> None:
        while changes := dict(islice(self._untold.items(), AT_A_TIME)):
            events = [
                (ClientConnected if is_open else ClientDisconnected)(**connection._asdict(), replica=self.replica)
                for connection, is_open in changes.items()
            ]
            publish(self._publisher, events, timeout_seconds=timeout_seconds)
            for connection, is_open in changes.items():
                if self._untold.get(connection) is is_open:
                    del self._untold[connection]
