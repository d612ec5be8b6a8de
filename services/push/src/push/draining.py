"""Lets the clients go when this replica is asked to stop, so that they connect to another."""

import threading
import time

from flask_socketio import SocketIO

from chassis.health import Health

POLL_SECONDS = 0.2


def disconnect_when_draining(socketio: SocketIO, health: Health) -> None:
    """Disconnect all clients once *health* says that the process is stopping."""

    def watch() -> None:
        while not health.is_draining():
            time.sleep(POLL_SECONDS)
        for connection in tuple(socketio.server.eio.sockets.values()):
            # Without a word: clients take a proper goodbye as a wish that they stay away.
            connection.close(wait=False, abort=True)

    threading.Thread(target=watch, name="draining", daemon=True).start()
