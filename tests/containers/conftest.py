"""What only some of the containers' tests need."""

from collections.abc import Iterator

import pytest

from tests.project import Project

REPLICA = "postgres-replica"


@pytest.fixture(scope="module")
def replica(project: Project) -> Iterator[str]:
    """The replica of the database, from the profile that has it."""
    project.compose("--profile", "replica", "up", "--detach", "--wait", "--no-recreate", REPLICA, seconds=120)
    yield REPLICA
    project.compose("rm", "--stop", "--force", REPLICA)
