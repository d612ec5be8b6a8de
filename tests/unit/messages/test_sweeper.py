"""Replicas are given up only by who has long been listening to them."""

from datetime import timedelta

import pytest

from messages.domain import SILENCE
from messages.sweeper import INATTENTION_SECONDS, Attention

LOOKS = 20


class Ear:
    """Listens, or not, for as long as it is told."""

    def __init__(self) -> None:
        self.listens = True
        self.now = 500.0
        self.attention = Attention(lambda: self.listens, lambda: self.now)

    def after(self, seconds: float, *, looks: int = LOOKS) -> timedelta:
        """Return how long the attention lasts after so many looks."""
        lasts = self.attention.lasts()
        for _ in range(looks):
            self.now += seconds / looks
            lasts = self.attention.lasts()
        return lasts


@pytest.fixture
def ear() -> Ear:
    return Ear()


def test_attention_grows_while_somebody_listens(ear: Ear) -> None:
    assert ear.after(0, looks=1) == timedelta(0)
    assert ear.after(29) < SILENCE
    assert ear.after(1) >= SILENCE


def test_attention_begins_anew_after_a_moment_without_a_broker(ear: Ear) -> None:
    ear.after(60)
    ear.listens = False
    assert ear.after(1) == timedelta(0)
    ear.listens = True
    assert ear.after(29) < SILENCE
    assert ear.after(2) >= SILENCE


def test_whoever_was_frozen_begins_anew(ear: Ear) -> None:
    ear.after(60)
    assert ear.after(INATTENTION_SECONDS + 1, looks=1) == timedelta(0)
