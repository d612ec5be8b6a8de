"""Lists are read from the replica while there is one that keeps up; whatever becomes of it, every list is answered."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import pytest

from tests.people import Person, eventually
from tests.project import Project

READS = 100
# More would be noticed. A name that is gone takes ten to be looked up, and a frozen server may answer any time.
SECONDS = 5
FROZEN_SECONDS = 20

pytestmark = pytest.mark.usefixtures("replica")


def told(project: Project, service: str, query: str) -> str:
    psql = ("psql", "--username=postgres", "--dbname=messages", "--tuples-only", "--no-align")
    return project.exec(service, *psql, f"--command={query}").strip()


def transactions(project: Project, replica: str) -> int:
    return int(told(project, replica, "SELECT xact_commit FROM pg_stat_database WHERE datname = 'messages'"))


def lists(person: Person, times: int, seconds: float = SECONDS) -> set[int]:
    """Return how the lists were answered, of messages and users in turn."""
    paths = ["/messages?limit=5", "/users?limit=5"] * (times // 2)
    urls = [f"{person.base_url}/api/v1{path}" for path in paths]
    return {person.http.get(url, timeout=seconds).status_code for url in urls}


@pytest.fixture
def is_read_from(project: Project, replica: str, ann: Person) -> Callable[[], bool]:
    """Tells whether lists are read from the replica now."""

    def is_read_from() -> bool:
        before = transactions(project, replica)
        assert lists(ann, READS) == {HTTPStatus.OK}
        return eventually(lambda: transactions(project, replica) >= before + READS, seconds=3)

    return is_read_from


def test_lists_are_read_from_the_replica(is_read_from: Callable[[], bool]) -> None:
    assert eventually(is_read_from)


def test_a_replica_that_is_killed_changes_no_answer(
    project: Project, replica: str, ann: Person, is_read_from: Callable[[], bool]
) -> None:
    assert eventually(is_read_from)
    with ThreadPoolExecutor(1) as pool:
        answered = pool.submit(lists, ann, 5 * READS)
        project.kill(replica)
        assert answered.result() == {HTTPStatus.OK}
    project.wait_healthy(replica)
    assert eventually(is_read_from)


def test_a_replica_that_is_stopped_changes_no_answer_and_catches_up_when_it_is_back(
    project: Project, replica: str, ann: Person, is_read_from: Callable[[], bool]
) -> None:
    assert eventually(is_read_from)
    project.stop(replica)
    assert lists(ann, READS) == {HTTPStatus.OK}
    posted = ann.post("while it was away")
    project.start(replica)
    project.wait_healthy(replica)
    query = f"SELECT count(*) FROM messages WHERE id = {posted['id']}"
    assert eventually(lambda: told(project, replica, query) == "1")
    assert eventually(is_read_from)


def test_a_replica_that_is_frozen_changes_no_answer(
    project: Project, replica: str, ann: Person, is_read_from: Callable[[], bool]
) -> None:
    assert eventually(is_read_from)
    project.pause(replica)
    try:
        assert lists(ann, READS, FROZEN_SECONDS) == {HTTPStatus.OK}
    finally:
        project.unpause(replica)
    assert eventually(is_read_from)


def test_a_replica_that_missed_more_than_is_kept_is_made_anew(
    project: Project, replica: str, is_read_from: Callable[[], bool]
) -> None:
    project.stop(replica)
    assert eventually(lambda: told(project, "postgres", "SELECT active FROM pg_replication_slots") == "f")
    told(project, "postgres", "SELECT pg_drop_replication_slot('replica')")
    project.start(replica)
    project.wait_healthy(replica)
    assert eventually(lambda: told(project, "postgres", "SELECT active FROM pg_replication_slots") == "t")
    assert eventually(is_read_from)
