"""Whoever cannot be shown what a message would become is told so; what is posted does not need it."""

import psutil
import pytest

from tests.outages.test_draining import ends_by_itself
from tests.people import Person, eventually
from tools.native import Process, Stack


@pytest.fixture
def renderer_api(stack: Stack) -> Process:
    return stack.process("renderer-api")


def status(person: Person) -> int:
    return person.call("POST", "/renderings", json={"source": "*hi*"}).status_code


def test_while_it_is_stopped_it_may_be_asked_again(renderer_api: Process, ann: Person) -> None:
    assert status(ann) == 200
    renderer_api.ask_to_stop()
    assert ends_by_itself(renderer_api)
    answer = ann.call("POST", "/renderings", json={"source": "*hi*"})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert answer.headers["Retry-After"]
    posted = ann.call("POST", "/messages", json={"source": "*hi*"}, headers={"Prefer": "wait=10"})
    assert (posted.status_code, posted.json()["html"]) == (201, "<p><em>hi</em></p>")
    renderer_api.start()
    renderer_api.wait_ready()
    assert status(ann) == 200


def test_while_it_hangs_nobody_waits_for_long(renderer_api: Process, ann: Person) -> None:
    renderer_api.pause()
    try:
        assert status(ann) == 503
    finally:
        renderer_api.resume()
    assert eventually(lambda: status(ann) == 200)


def test_its_processes_are_replaced(renderer_api: Process, ann: Person) -> None:
    assert status(ann) == 200
    for process in psutil.Process(renderer_api.pid).children(recursive=True):
        if "forkserver" in " ".join(process.cmdline()):
            process.kill()
    assert eventually(lambda: status(ann) == 200)


def test_nothing_is_left_of_one_that_was_killed(renderer_api: Process, ann: Person) -> None:
    assert status(ann) == 200
    children = psutil.Process(renderer_api.pid).children(recursive=True)
    assert children
    psutil.Process(renderer_api.pid).kill()
    _, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []
    assert eventually(lambda: status(ann) == 200)
