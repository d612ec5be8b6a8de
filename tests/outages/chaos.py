"""What goes wrong, at times that chance has chosen: connections, replicas and the broker, all at once."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from tests.outages.line import Line
from tools.native import Process

# Between one mishap and the next, and until it is over, in seconds.
CUTS: Final = (0.2, 1.0), (0.0, 2.0)
KILLS: Final = (6.0, 15.0), (0.0, 6.0)
RESTARTS: Final = (20.0, 40.0), (0.0, 6.0)
JOIN_SECONDS: Final = 120.0


class Chaos:
    """Lets things go wrong until it is enough, and leaves all as it should be.

    Args:
        seed: Whoever takes the same one gets much the same mishaps.

    Attributes:
        mishaps: How many there were, by what they were.
    """

    def __init__(self, seed: int, *, lines: Sequence[Line], replicas: Sequence[Process], broker: Process) -> None:
        self.mishaps: Counter[str] = Counter()
        self._seed = seed
        self._lines = lines
        self._replicas = replicas
        self._broker = broker
        # No replica starts without a broker; it may die without one.
        self._broker_is_there = threading.Lock()
        self._enough = threading.Event()

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Let it go on for as long as the block lasts."""
        kinds = {"cut": (self._cut, CUTS), "kill": (self._kill, KILLS), "restart": (self._restart, RESTARTS)}
        threads = [
            threading.Thread(target=self._repeat, args=(name, begin, *times)) for name, (begin, times) in kinds.items()
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._enough.set()
            for thread in threads:
                thread.join(JOIN_SECONDS)

    def _repeat(
        self,
        name: str,
        begin: Callable[[random.Random], Callable[[], None]],
        between: tuple[float, float],
        lasting: tuple[float, float],
    ) -> None:
        chance = random.Random(f"{self._seed} {name}")
        while not self._enough.wait(chance.uniform(*between)):
            end = begin(chance)
            self.mishaps[name] += 1
            self._enough.wait(chance.uniform(*lasting))
            end()

    def _cut(self, chance: random.Random) -> Callable[[], None]:
        line = chance.choice(self._lines)
        line.cut()
        return line.mend

    def _kill(self, chance: random.Random) -> Callable[[], None]:
        victims = chance.sample(self._replicas, chance.choice([1, 1, len(self._replicas)]))
        for victim in victims:
            victim.kill()

        def start_again() -> None:
            with self._broker_is_there:
                for victim in victims:
                    victim.start()
                for victim in victims:
                    victim.wait_ready()

        return start_again

    def _restart(self, chance: random.Random) -> Callable[[], None]:
        self._broker_is_there.acquire()
        chance.choice([self._broker.stop, self._broker.kill])()

        def start_again() -> None:
            self._broker.start()
            self._broker.wait_ready()
            self._broker_is_there.release()

        return start_again
