"""What came of a load, from what was recorded of it; nothing here touches the system.

The words are those of RabbitMQ's Jepsen tests.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.faults.attempts import Attempt, Outcome


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A message as it stands in the system at the end."""

    source: str
    is_rendered: bool


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Sources, by what is wrong with them; only `recovered` is as it should be.

    Attributes:
        lost: Acknowledged, and not there or not rendered at the end.
        duplicated: Stored more than once.
        unexpected: Stored, though never attempted or refused as a wrong request.
        recovered: Without a known or good outcome, but there.
        missed: Stored, but never rendered for a client; by the client's name.
    """

    lost: frozenset[str]
    duplicated: frozenset[str]
    unexpected: frozenset[str]
    recovered: frozenset[str]
    missed: Mapping[str, frozenset[str]]

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.duplicated or self.unexpected or any(self.missed.values()))

    def __str__(self) -> str:
        """Return what is wrong, with an example of each."""
        found = {"lost": self.lost, "duplicated": self.duplicated, "unexpected": self.unexpected}
        found |= {f"missed by {name}": sources for name, sources in self.missed.items()}
        return "; ".join(f"{name}: {len(some)}, such as {min(some)!r:.60}" for name, some in found.items() if some)


def check(attempts: Sequence[Attempt], stored: Sequence[Stored], seen: Mapping[str, Iterable[str]]) -> Verdict:
    """Compare what was attempted with what is there.

    Args:
        seen: By the name of each client, the sources that it has seen rendered.
    """
    acknowledged = frozenset(a.source for a in attempts if a.outcome is Outcome.ACKNOWLEDGED)
    possible = frozenset(a.source for a in attempts if not a.promises_nothing_happened)
    counts = Counter(message.source for message in stored)
    expected = acknowledged | (possible & counts.keys())
    return Verdict(
        lost=acknowledged - {message.source for message in stored if message.is_rendered},
        duplicated=frozenset(source for source, count in counts.items() if count > 1),
        unexpected=frozenset(counts) - possible,
        recovered=(possible - acknowledged) & counts.keys(),
        missed={name: expected.difference(sources) for name, sources in seen.items()},
    )


def longest_unavailability(attempts: Iterable[Attempt], *, began_at: float, ended_at: float) -> float:
    """Return the longest span in which no post was acknowledged, in seconds, between two instants."""
    good = (a.ended_at for a in attempts if a.outcome is Outcome.ACKNOWLEDGED)
    instants = sorted([began_at, ended_at, *(at for at in good if began_at <= at <= ended_at)])
    return max(later - earlier for earlier, later in pairwise(instants))


def works_end_to_end(attempts: Iterable[Attempt], seen: Iterable[Iterable[str]], *, since: float) -> bool:
    """Whether a post that was sent after *since* has been acknowledged, and seen rendered by everybody."""
    posted = {a.source for a in attempts if a.began_at > since and a.outcome is Outcome.ACKNOWLEDGED}
    return bool(posted.intersection(*seen))
