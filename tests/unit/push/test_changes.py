"""Push asks messages for what has changed."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from chassis.internal import InternalClient, RefusedError, ServiceUnavailableError
from push.changes import PAGE, changes_of, read_changes
from push.news import Change
from tests.unit.chassis.conftest import TinyServer
from tests.unit.push.pages import message, page


@pytest.fixture
def messages() -> Iterator[TinyServer]:
    tiny = TinyServer()
    yield tiny
    tiny.close()


@pytest.fixture
def client(messages: TinyServer) -> InternalClient:
    return InternalClient(messages.url, SecretStr("open sesame"))


def test_a_page_follows_on_a_cursor(client: InternalClient, messages: TinyServer) -> None:
    messages.says(page(message(1), cursor="c-2", more=True))
    assert read_changes(client, "c-1") == page(message(1), cursor="c-2", more=True)
    assert messages.asked == [f"GET /internal/changes?cursor=c-1&limit={PAGE}"]


def test_without_a_cursor_it_is_the_first_one(client: InternalClient, messages: TinyServer) -> None:
    messages.says(page())
    read_changes(client, None)
    assert messages.asked == [f"GET /internal/changes?limit={PAGE}"]


@pytest.mark.parametrize("slug", ["cursor-expired", "invalid-fields"])
def test_what_is_wrong_with_a_cursor_is_for_whoever_gave_it(
    client: InternalClient, messages: TinyServer, slug: str
) -> None:
    messages.says({"type": f"/problems/{slug}", "status": 400})
    messages.status, messages.headers["Content-Type"] = 400, "application/problem+json"
    with pytest.raises(RefusedError):
        read_changes(client, "c-1")


def test_any_other_problem_is_one_of_ours(client: InternalClient, messages: TinyServer) -> None:
    messages.says({"type": "/problems/not-found", "status": 404})
    messages.status, messages.headers["Content-Type"] = 404, "application/problem+json"
    with pytest.raises(ServiceUnavailableError):
        read_changes(client, "c-1")


def test_a_page_tells_of_the_states_of_messages_and_users() -> None:
    ann = {"id": 5, "version": 3}
    assert changes_of(page(message(1, version=2), users=[ann])) == [
        Change("Message", 1, 2, message(1, version=2)),
        Change("User", 5, 3, ann),
    ]
