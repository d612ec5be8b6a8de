"""Compose takes nobody for dead who has only much to do."""

import pytest

from tests.crowds import crowded
from tests.docker import DockerError
from tests.project import Project

PROBE = ("python", "-m", "chassis.probe")
ADDRESS = ("python", "-c", "import socket; print(socket.gethostbyname(socket.gethostname()))")


def test_a_push_that_is_full_is_not_taken_for_dead(project: Project) -> None:
    with crowded(project.exec("push", *ADDRESS).strip(), 8000):
        project.exec("push", *PROBE)
        with pytest.raises(DockerError, match="timed out"):
            project.exec("push", "env", "HEALTH_PORT=8000", *PROBE)
