"""Many clients, in a program of their own."""

import json
import subprocess
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from bench.push.compiled import compiled
from bench.push.errors import BenchmarkError

READ_BYTES: Final = 1 << 18
LEAVE_SECONDS: Final = 30.0


@dataclass(frozen=True, kw_only=True)
class Received:
    """What all clients together were told of one series of events.

    Attributes:
        deliveries: Those that came, each event once a client.
        seconds: From the first publish to the last receipt.
        lost: Those that did not come.
        stray: Events of other series.
        malformed: Events without a stamp, or without an end.
        closed: Connections that the server has ended, or that spoke no proper WebSocket.
        client_busy_seconds: The processor time that receiving took.
    """

    deliveries: int
    seconds: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    lost: int
    repeated: int
    out_of_order: int
    stray: int
    malformed: int
    closed: int
    client_busy_seconds: float

    @property
    def rate(self) -> float:
        """Deliveries a second."""
        return self.deliveries / self.seconds if self.seconds else 0.0

    @property
    def faults(self) -> int:
        """How much was lost, came twice, too late, or in pieces."""
        return self.lost + self.repeated + self.out_of_order + self.stray + self.malformed


class Crowd:
    """*count* Socket.IO clients of the server at *port*, which connect all at once.

    Args:
        read_bytes: How much they read at a time, at most.

    Attributes:
        connect_seconds: Until all were connected.

    Raises:
        BenchmarkError: Not all of them could connect.
    """

    def __init__(self, port: int, count: int, *, read_bytes: int = READ_BYTES) -> None:
        self.count = count
        command = [str(compiled("crowd")), str(port), str(count), str(read_bytes)]
        self._process = subprocess.Popen(  # noqa: S603 - ours
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        try:
            answer = self._answer()
        except BenchmarkError:
            self.leave()
            raise
        self.connect_seconds = float(answer["seconds"])
        if answer["connected"] != count:
            self.leave()
            raise BenchmarkError(f"Only {answer['connected']} of {count} clients could connect.")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.leave()

    def expect(self, first: int, count: int, *, seconds: float) -> None:
        """Count the events from number *first* on, for so many *seconds* at most; `received` tells the result."""
        self._ask(f"expect {first} {count} {seconds:.0f}")

    def received(self) -> Received:
        """Wait until all that was expected has come, or its time is over."""
        return Received(**self._answer())

    def stall(self, count: int) -> None:
        """Have so many of them read nothing from now on; nothing is expected of them any more."""
        self._ask(f"stall {count}")

    def resume(self, *, seconds: float) -> int:
        """Have those who were stalled read for so long; return how many the server had cut off."""
        return int(self._ask(f"resume {seconds:.0f}")["cut"])

    def leave(self) -> None:
        """Disconnect all."""
        process = self._process
        if process.stdin and process.stdout:
            process.stdin.close()
            process.stdout.close()
        try:
            process.wait(LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _ask(self, command: str) -> dict[str, Any]:
        assert self._process.stdin
        print(command, file=self._process.stdin)
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise BenchmarkError("The clients have died.")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise BenchmarkError(answer["error"])
        return answer
