"""Whether the process of this container is ready: `python -m chassis.probe`, for a HEALTHCHECK.

It runs every few seconds in every container, and therefore imports next to nothing: an HTTP library alone takes longer
than all that this does.
"""

import os
import socket
import sys
import time

DEADLINE_SECONDS = 3.0
MAX_ANSWER_BYTES = 64 * 1024
# Of HTTP/1.0, for its answer ends where the connection does.
REQUEST = b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n"


def main() -> int:
    """Return the status to end with: 0 if the process is ready; 1 if not, with what it said printed."""
    port = os.environ.get("HEALTH_PORT") or "8000"
    try:
        answer = ask(int(port))
    except (OSError, ValueError) as error:
        print(f"port {port}: {error}")  # noqa: T201 - an engine keeps what its probes print
        return 1
    head, _, body = answer.partition("\r\n\r\n")
    if head.split()[1:2] == ["200"]:
        return 0
    print(body.strip() or f"port {port}: no answer")  # noqa: T201
    return 1


def ask(port: int) -> str:
    """Return what `/readyz` on *port* of this machine answers, head and body.

    Raises:
        OSError: Nothing answers there, or not all of it within `DEADLINE_SECONDS`.
    """
    until = time.monotonic() + DEADLINE_SECONDS
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_SECONDS) as connection:
        connection.sendall(REQUEST)
        while len(answer) < MAX_ANSWER_BYTES:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            connection.settimeout(left)
            part = connection.recv(MAX_ANSWER_BYTES)
            if not part:
                break
            answer += part
    return answer.decode(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
