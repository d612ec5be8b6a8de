"""One trial after the other on the system under test, and the table of what was found."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Protocol
from uuid import uuid4

import pytest

from tests.faults.crowd import Crowd
from tests.faults.feed import Feed, newest_id
from tests.faults.load import Load
from tests.faults.sources import sources
from tests.faults.table import Row, as_text
from tests.faults.trial import Trial
from tests.people import Person
from tests.project import Project

AUTHORS = 5
SEED = 1
RECOVERY_SECONDS = 30.0
ROWS = pytest.StashKey[list[Row]]()


class UnderLoad(Protocol):
    """Runs a block, the fault of this name, under load, and fails if anything is wrong afterwards."""

    def __call__(self, fault: str, *, recovery_seconds: float = RECOVERY_SECONDS) -> AbstractContextManager[Load]:
        """Return what runs the block; all must work again that soon after its end."""


@pytest.fixture(scope="session")
def feed(project: Project) -> Feed:
    """What is read up to the beginning of each trial, so that clients need not read all that there ever was."""
    return Feed(project.base_url)


@pytest.fixture
def under_load(project: Project, feed: Feed, pytestconfig: pytest.Config) -> UnderLoad:
    """Return what runs a block, the fault, under load; it fails if anything is wrong afterwards."""
    rows = pytestconfig.stash.setdefault(ROWS, [])

    @contextmanager
    def run(fault: str, *, recovery_seconds: float = RECOVERY_SECONDS) -> Iterator[Load]:
        url = project.base_url
        project.wait_healthy()
        feed.read()
        authors = [Person(url) for _ in range(AUTHORS)]  # new ones, for tokens are good for an hour
        crowd = Crowd(url, token=authors[0].token, cursor=feed.cursor)
        with crowd.present(), closing(Load(url, authors, sources(f"{fault} {uuid4()}", SEED))) as load:
            trial = Trial(url, load, crowd, after=newest_id(url))
            trial.begin()
            yield load
            trial.recover(project.is_healthy, patience_seconds=2 * recovery_seconds)
            verdict = trial.verdict()
        rows.append(trial.row(fault, verdict))
        assert verdict.is_good, str(verdict)
        assert trial.is_whole, "a part did not come back"
        assert trial.recovered_in_seconds is not None, "it never worked again"
        assert trial.recovered_in_seconds <= recovery_seconds

    return run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table, whether all is well or not."""
    rows = config.stash.get(ROWS, [])
    if rows:
        terminalreporter.section("faults under load")
        for line in as_text(rows):
            terminalreporter.write_line(line)
