"""Whoever looks at links may die at any moment: every message is rendered, and previewed once."""

from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

import pika
import pytest

from tests.outages.processes import environment_of, readiness, running
from tests.outages.test_draining import ends_by_itself
from tests.people import Listener, Person, eventually, listening
from tests.site import SITE_NETWORK, Site
from tools.native import Process, Stack
from tools.native.ports import PrivatePorts

MESSAGES = 12


@pytest.fixture
def listener(base_url: str) -> Iterator[Listener]:
    with listening(base_url) as one:
        yield one


@pytest.fixture
def preview(stack: Stack) -> Process:
    """The process that looks at links."""
    return stack.process("renderer-preview")


def pages(site: Site, count: int = MESSAGES) -> list[str]:
    return [site.put(f"/{uuid4()}", "<title>A page</title>") for _ in range(count)]


def come_back(process: Process) -> None:
    process.start()
    process.wait_ready()


def assert_each_is_previewed_once(listener: Listener, person: Person, ids: list[int]) -> None:
    assert listener.hears_rendered(*ids)
    assert eventually(lambda: all(person.read(each)["previews"] for each in ids), seconds=60)
    # Whatever was sent twice would come before what is posted now.
    assert listener.hears_rendered(person.post("the last")["id"])
    seen = {(message["id"], message["version"]): bool(message["previews"]) for message in listener.messages}
    assert Counter(message_id for (message_id, _), has_some in seen.items() if has_some) == Counter(ids)


def test_one_that_is_killed_while_it_waits_for_a_page(
    preview: Process, ann: Person, listener: Listener, site: Site
) -> None:
    site.gate.clear()
    posted = [ann.post(url)["id"] for url in pages(site)]
    assert eventually(lambda: any(path != "/robots.txt" for path in site.asked))
    preview.kill()
    site.gate.set()
    come_back(preview)
    assert_each_is_previewed_once(listener, ann, posted)


def test_one_that_is_stopped_finishes_what_is_in_hand_and_leaves_the_rest(
    preview: Process, ann: Person, listener: Listener, site: Site
) -> None:
    site.gate.clear()
    posted = [ann.post(url)["id"] for url in pages(site)]
    assert eventually(lambda: any(path != "/robots.txt" for path in site.asked))
    preview.ask_to_stop()
    site.gate.set()
    assert ends_by_itself(preview)
    come_back(preview)
    assert_each_is_previewed_once(listener, ann, posted)


@pytest.mark.parametrize("moment", [1, 4, 8])
def test_one_that_is_killed_at_work(preview: Process, ann: Person, listener: Listener, site: Site, moment: int) -> None:
    posted = [ann.post(url)["id"] for url in pages(site)]
    assert eventually(lambda: sum(count for path, count in site.asked.items() if path != "/robots.txt") >= moment)
    preview.kill()
    come_back(preview)
    assert_each_is_previewed_once(listener, ann, posted)


def test_a_renderer_that_is_killed_has_every_link_looked_at(
    stack: Stack, ann: Person, listener: Listener, site: Site
) -> None:
    renderer = stack.process("renderer")
    posted = [ann.post(url)["id"] for url in pages(site)]
    renderer.kill()
    come_back(renderer)
    assert_each_is_previewed_once(listener, ann, posted)


def test_what_was_linked_while_nobody_looked_is_looked_at_later(
    preview: Process, ann: Person, listener: Listener, site: Site
) -> None:
    preview.stop()
    posted = [ann.post(url)["id"] for url in pages(site)]
    assert listener.hears_rendered(*posted)
    come_back(preview)
    assert_each_is_previewed_once(listener, ann, posted)


def test_where_previews_are_turned_off_nothing_is_asked_for(
    stack: Stack, preview: Process, ann: Person, site: Site
) -> None:
    preview.stop()
    [unseen, seen] = pages(site, 2)
    turned_off = {"PREVIEWS_ENABLED": "false", "PREVIEW_ALLOWED_NETWORKS": SITE_NETWORK}
    environment = environment_of("renderer preview", stack, PrivatePorts()) | turned_off
    with running("renderer preview", environment) as process:
        assert eventually(lambda: readiness(environment) == 200)
        answer = ann.call("POST", "/messages", json={"source": unseen}, headers={"Prefer": "wait=10"})
        assert answer.status_code == 201
        assert eventually(lambda: waiting(stack) == 0)
        process.terminate()
        process.wait(20)
    come_back(preview)
    # What was left in the queue would be looked at before this.
    posted = ann.post(seen)["id"]
    assert eventually(lambda: bool(ann.read(posted)["previews"]))
    assert unseen.removeprefix(site.root) not in site.asked


def waiting(stack: Stack) -> int:
    with pika.BlockingConnection(pika.URLParameters(stack.amqp_url("test"))) as connection:
        return int(connection.channel().queue_declare("renderer.preview", passive=True).method.message_count)
