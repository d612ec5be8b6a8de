"""A line between a process and what it speaks to, which can be cut and mended, or go dead without a word."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK_BYTES = 65536


class Line:
    """Passes on what comes over TCP.

    Attributes:
        address: Host and port of the near end.
    """

    def __init__(self, far: tuple[str, int]) -> None:
        self._far = far
        self._is_cut = False
        self._ends: set[socket.socket] = set()
        self._dead: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._run, daemon=True).start()

    def cut(self) -> None:
        """End all connections, and let none come about."""
        self._is_cut = True
        self.interrupt()

    def interrupt(self) -> None:
        """End all connections; others may come about."""
        for end in tuple(self._ends):
            _shut(end)

    def go_dead(self) -> None:
        """Keep all connections open, and let nothing through them any more; others are as ever."""
        self._dead |= self._ends

    def mend(self) -> None:
        """Let connections come about again."""
        self._is_cut = False

    def close(self) -> None:
        """End it for good."""
        self.cut()
        _shut(self._listening)
        self._listening.close()

    def _run(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self._listening.accept()
                threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        with near, suppress(OSError), socket.create_connection(self._far) as far:
            self._ends |= {near, far}
            back = threading.Thread(target=self._pass_on, args=(far, near), daemon=True)
            back.start()
            self._pass_on(near, far)
            back.join()
            self._ends -= {near, far}

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while not self._is_cut and (data := source.recv(CHUNK_BYTES)):
                if source not in self._dead:
                    target.sendall(data)
        _shut(source)
        _shut(target)


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


@contextmanager
def line_to(host: str, port: int) -> Iterator[Line]:
    """Have a line to a place for as long as the block lasts."""
    line = Line((host, port))
    try:
        yield line
    finally:
        line.close()
