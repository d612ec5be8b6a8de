"""Which process spends how much processor time."""

import psutil

from tools.native import Stack

PROCESSES = (
    "gateway",
    "messages",
    "messages-relay",
    "messages-consumer",
    "renderer",
    "push",
    "postgres",
    "rabbitmq",
    "auth",
    "auth-relay",
)


class ProcessorTime:
    """The processor time that each process of *stack* uses from now on, its children's included."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._before = self._seconds()

    def each_ms(self, count: int) -> dict[str, float]:
        """Return, by process, the milliseconds since the beginning for each of *count*."""
        return {name: 1000 * (now - self._before[name]) / count for name, now in self._seconds().items()}

    def _seconds(self) -> dict[str, float]:
        return {name: _seconds_of(self._stack.process(name).pid) for name in PROCESSES}


def _seconds_of(pid: int | None) -> float:
    leader = psutil.Process(pid)
    times = [process.cpu_times() for process in (leader, *leader.children(recursive=True))]
    # With those of children that have ended, which their parents have waited for.
    return sum(time.user + time.system + time.children_user + time.children_system for time in times)
