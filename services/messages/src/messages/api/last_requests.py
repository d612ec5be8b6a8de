"""Who has asked something, written down in batches: no request waits for it, and reading writes next to nothing."""

import threading
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

import structlog
from sqlalchemy.orm import Session, sessionmaker

from chassis.clock import Clock
from messages.commands.presence import note_requests
from messages.domain import ONLINE_FOR

log = structlog.get_logger(__name__)

EVERY_SECONDS: Final = 2.0
# Whoever comes is shown at once, together with those who come in the same moment.
MOMENT_SECONDS: Final = 0.05
AT_A_TIME: Final = 500
# What is kept while the database is away, a few megabytes; whoever comes beyond that is not noted.
MAX_USERS: Final = 50_000
# For so long after a request was written nobody needs to hurry: the user is shown as online.
SHOWN_FOR: Final = ONLINE_FOR - timedelta(seconds=10)


class LastRequests:
    """The last request of each user that is still to be written down.

    Attributes:
        arrival: Set when somebody has asked something who may not be shown as online.
    """

    def __init__(self, sessions: sessionmaker[Session], clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._lock = threading.Lock()
        self._noted: dict[int, datetime] = {}
        self._shown: dict[int, datetime] = {}
        self.arrival = threading.Event()
        self._writing = threading.Lock()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._noted)

    def note(self, user_id: int) -> None:
        """Note that *user_id* asks something right now."""
        now = self._clock()
        with self._lock:
            if user_id in self._noted or len(self._noted) < MAX_USERS:
                self._noted[user_id] = now
            shown_at = self._shown.get(user_id)
        if shown_at is None or shown_at <= now - SHOWN_FOR:
            self.arrival.set()

    def run(self, stopping: threading.Event) -> None:
        """Write them every two seconds, and at once when somebody arrives, until *stopping* is set."""
        while not stopping.wait(MOMENT_SECONDS):
            self.arrival.wait(EVERY_SECONDS)
            self.arrival.clear()
            if not self.write():
                stopping.wait(EVERY_SECONDS)

    def write(self) -> bool:
        """Write all of them; false if the database does not take them, which are then kept for the next time."""
        with self._writing:
            while batch := self._take():
                try:
                    with self._sessions.begin() as session:
                        note_requests(session, batch, now=self._clock())
                except Exception as error:  # noqa: BLE001  # whatever it is, the next time may go well
                    log.warning("requests_kept", count=len(self._noted) + len(batch), error=repr(error))
                    self._put_back(batch)
                    return False
                self._note_shown(batch)
        return True

    def _take(self) -> dict[int, datetime]:
        with self._lock:
            batch = dict(islice(self._noted.items(), AT_A_TIME))
            for user_id in batch:
                del self._noted[user_id]
        return batch

    def _put_back(self, batch: dict[int, datetime]) -> None:
        with self._lock:
            self._noted = {**batch, **self._noted}

    def _note_shown(self, batch: dict[int, datetime]) -> None:
        now = self._clock()
        with self._lock:
            lately = {user_id: at for user_id, at in self._shown.items() if at > now - SHOWN_FOR}
            self._shown = {**lately, **dict.fromkeys(batch, now)}
