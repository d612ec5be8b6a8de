"""Lets the clients go when this replica is asked to stop, so that they connect to another."""

import threading
import time

from flask_socketio import SocketIO

from chassis.health import Health
from push.clients import Clients

POLL_SECONDS = 0.2


def disconnect_when_draining(socketio: SocketIO, clients: Clients, health: Health) -> None:
    """Disconnect all clients once *health* says that the process is stopping."""

    def watch() -> None:
        while not health.is_draining():
            time.sleep(POLL_SECONDS)
        for client_id in clients.ids():
            socketio.server.disconnect(client_id)

    threading.Thread(target=watch, name="draining", daemon=True).start()
