"""Reading from a replica for as long as it keeps up with the primary, and from the primary otherwise."""

import threading
from collections.abc import Callable
from typing import TypeVar

from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from chassis.database import DATABASE_ERRORS, connect, create_sessions
from chassis.replica import Replica

ResultT = TypeVar("ResultT")


class Reading:
    """Runs what only reads.

    Args:
        primary: Where there is no replica, or none that is fit, all is read here.
    """

    def __init__(self, primary: sessionmaker[Session], replica: Replica | None = None) -> None:
        self._primary = primary
        self._replica = replica

    def run(self, read: Callable[[Session], ResultT]) -> ResultT:
        """Return what *read* returns, which is called once more, on the primary, if the replica fails.

        A replica is up to some seconds behind: whoever must see what was just written reads from the primary.
        """
        replica = self._replica
        if replica and replica.is_fit:
            try:
                with replica.sessions() as session:
                    return read(session)
            except DATABASE_ERRORS as error:
                replica.leave_alone(error)
        with self._primary() as session:
            return read(session)


def create_reading(
    primary: Engine,
    primary_url: SecretStr,
    replica_url: SecretStr | None,
    *,
    name: str,
    pool_size: int,
    stopping: threading.Event,
) -> Reading:
    """Return what reads from the replica of *replica_url*, if there is one, and watch that until *stopping* is set.

    Args:
        name: How operators recognise the connections.
        pool_size: Connections to the replica, kept and at most open, beside the one that watches it.
    """
    sessions = create_sessions(primary)
    if replica_url is None:
        return Reading(sessions)
    replica = Replica(
        connect(replica_url, name=name, pool_size=pool_size, autocommit=True, reconnects=False),
        # Of their own: whether the replica keeps up is to be known when all others are busy, too.
        watched=connect(replica_url, name=f"{name}-watch", pool_size=1),
        primary=connect(primary_url, name=f"{name}-watch", pool_size=1),
    )
    threading.Thread(target=replica.watch, args=(stopping,), name="replica", daemon=True).start()
    return Reading(sessions, replica)
