"""`docker compose down` leaves nothing running and forgets nothing; `up` brings it all back."""

import os

import requests

from tests.docker import docker
from tests.people import PASSWORD, Person
from tests.project import Project

SECONDS = 10


def running(project: Project) -> list[str]:
    label = f"label=com.docker.compose.project={project.name}"
    return docker("ps", "--all", "--quiet", f"--filter={label}", environment=os.environ).split()


def test_what_was_posted_is_there_after_down_and_up(project: Project, ann: Person) -> None:
    posted = ann.post("**keep** this")
    project.compose("down", seconds=120)
    assert running(project) == []
    project.up()
    kept = requests.get(f"{project.base_url}/api/v1/messages/{posted['id']}", timeout=SECONDS).json()
    assert kept["source"] == "**keep** this"
    logged_in = requests.post(f"{project.base_url}/api/v1/tokens", auth=(ann.nickname, PASSWORD), timeout=SECONDS)
    assert logged_in.status_code == 200


def test_the_compose_file_is_clean(project: Project) -> None:
    for override in ([], ["--file=docker-compose.yml", "--file=docker-compose.dev.yml"]):
        assert docker("compose", *override, "config", "--quiet", environment=os.environ) == ""
    assert project.compose("config", "--quiet") == ""
