"""Whatever breaks while people post: all that was acknowledged is there once, and everybody sees it."""

import time

import pytest

from tests.faults.attempts import Outcome
from tests.faults.conftest import RECOVERY_SECONDS, UnderLoad
from tests.faults.load import Load
from tests.project import Project

# Without these nobody can post.
NEEDED = ("gateway", "messages", "postgres")
# Without these posts are taken all the same.
ASIDE = ("messages-relay", "messages-consumer", "renderer", "push", "auth", "rabbitmq")
PARTS = (*NEEDED, *ASIDE)

# A system that does not recover is given the time to show how much is lost.
pytestmark = pytest.mark.timeout(480)

PAUSE_SECONDS = 10
OUTAGE_SECONDS = 60
# For more than a thousand posts that wait, while others come in.
BACKLOG_SECONDS = 90
# The broker itself takes half of it to come up, on a busy machine, and posts wait meanwhile.
RESTART_SECONDS = 60


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_killed_loses_nothing(under_load: UnderLoad, project: Project, part: str) -> None:
    recovery_seconds = RESTART_SECONDS if part == "rabbitmq" else RECOVERY_SECONDS
    with under_load(f"SIGKILL of {part}", recovery_seconds=recovery_seconds) as load:
        project.kill(part)
    assert part in NEEDED or not_acknowledged(load) == []


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_hangs_loses_nothing(under_load: UnderLoad, project: Project, part: str) -> None:
    with under_load(f"pause of {part}") as load:
        try:
            project.pause(part)
            time.sleep(PAUSE_SECONDS)
        finally:
            project.unpause(part)
    assert part in NEEDED or not_acknowledged(load) == []


@pytest.mark.parametrize("part", ["postgres", "rabbitmq"])
def test_a_store_that_is_restarted_loses_nothing(under_load: UnderLoad, project: Project, part: str) -> None:
    with under_load(f"restart of {part}", recovery_seconds=RESTART_SECONDS):
        project.restart(part)


@pytest.mark.parametrize("part", ["messages", "push"])
def test_nobody_notices_a_rolling_restart(under_load: UnderLoad, project: Project, part: str) -> None:
    with under_load(f"rolling restart of {part}") as load:
        project.rolling_restart(part)
    assert [r for r in load.requests if r.outcome is not Outcome.ACKNOWLEDGED] == []


def test_posts_are_taken_while_the_broker_is_down(under_load: UnderLoad, project: Project) -> None:
    with under_load("a minute without rabbitmq", recovery_seconds=BACKLOG_SECONDS) as load:
        try:
            project.stop("rabbitmq")
            time.sleep(OUTAGE_SECONDS)
        finally:
            project.start("rabbitmq")
    assert not_acknowledged(load) == []


def not_acknowledged(load: Load) -> list[object]:
    return [attempt for attempt in load.attempts if attempt.outcome is not Outcome.ACKNOWLEDGED]
