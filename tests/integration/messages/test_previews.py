"""What the links of a message lead to is shown with it, on a real database."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from chassis.inbox import Received
from contracts import MessagePreviewed, MessageRendered, MessageUpdated, Preview
from messages.commands.messages import delete_message
from messages.commands.renderings import set_html, set_previews
from messages.models import Message
from messages.resources import message_as_json
from messages.shapes import Message as Shown
from tests.integration.messages.chats import LATER, edit, message, post, render, rendered, told

Sessions = sessionmaker[Session]

ONE = Preview(url="http://one.example/", title="One", description="The first")
TWO = Preview(url="http://two.example/?a=1&b=2")


@pytest.fixture
def message_id(sessions: Sessions, ann: int) -> int:
    """A message that was posted and nothing more."""
    return post(sessions, ann)


def linked(message_id: int, version: int, *links: str) -> Received:
    return Received(MessageRendered(message_id=message_id, version=version, html="<p>x</p>", links=links), "test")


def preview(sessions: Sessions, message_id: int, version: int, *previews: Preview) -> None:
    with sessions.begin() as session:
        found = MessagePreviewed(message_id=message_id, version=version, previews=previews)
        set_previews(session, found, now=LATER)


def shown(sessions: Sessions, message_id: int) -> Shown:
    return message_as_json(message(sessions, message_id))


def urls(sessions: Sessions, message_id: int) -> list[str]:
    return [each["url"] for each in shown(sessions, message_id)["previews"]]


def test_a_preview_is_shown_and_told(sessions: Sessions, message_id: int) -> None:
    render(sessions, linked(message_id, 1, ONE.url))
    preview(sessions, message_id, 1, ONE)
    now = shown(sessions, message_id)
    assert now["version"] == 3
    assert now["previews"] == [
        {"url": ONE.url, "title": "One", "description": "The first", "site_name": None, "image_url": None}
    ]
    assert told(sessions)[-1] == MessageUpdated(message_id=message_id, version=3, model=dict(now))


def test_the_same_preview_again_is_no_news(sessions: Sessions, message_id: int) -> None:
    render(sessions, linked(message_id, 1, ONE.url))
    preview(sessions, message_id, 1, ONE)
    before = told(sessions)
    preview(sessions, message_id, 1, ONE)
    assert told(sessions) == before


def test_a_preview_that_is_faster_than_the_rendering_waits_for_it(sessions: Sessions, message_id: int) -> None:
    preview(sessions, message_id, 1, ONE)
    assert (urls(sessions, message_id), shown(sessions, message_id)["html"]) == ([], "**hi**")
    render(sessions, linked(message_id, 1, ONE.url))
    assert urls(sessions, message_id) == [ONE.url]


def test_what_comes_together_is_shown_one_after_the_other(sessions: Sessions, message_id: int) -> None:
    with sessions.begin() as session:
        held = session.get_one(Message, message_id)
        for found in ((ONE,), (ONE, TWO)):
            set_previews(session, MessagePreviewed(message_id=message_id, version=1, previews=found), now=LATER)
            set_html(session, [linked(message_id, 1, ONE.url, TWO.url)], now=LATER)
    assert held.version == 4
    assert urls(sessions, message_id) == [ONE.url, TWO.url]
    assert [event.version for event in told(sessions) if isinstance(event, MessageUpdated)] == [2, 3, 4]


def test_an_edit_drops_previews_of_links_that_are_gone(sessions: Sessions, message_id: int, ann: int) -> None:
    render(sessions, linked(message_id, 1, ONE.url, TWO.url))
    preview(sessions, message_id, 1, ONE, TWO)
    edit(sessions, message_id, ann)
    assert urls(sessions, message_id) == []
    render(sessions, linked(message_id, 4, TWO.url, "http://three.example/"))
    assert urls(sessions, message_id) == [TWO.url]
    edit(sessions, message_id, ann)
    render(sessions, rendered(message_id, 6))
    assert urls(sessions, message_id) == []
    assert "blockquote" not in shown(sessions, message_id)["html"]


def test_a_page_that_cannot_be_had_now_is_shown_as_it_was(sessions: Sessions, message_id: int, ann: int) -> None:
    render(sessions, linked(message_id, 1, ONE.url))
    preview(sessions, message_id, 1, ONE)
    edit(sessions, message_id, ann)
    render(sessions, linked(message_id, 4, ONE.url, TWO.url))
    preview(sessions, message_id, 4, TWO)
    assert urls(sessions, message_id) == [ONE.url, TWO.url]
    before = told(sessions)
    preview(sessions, message_id, 4, ONE)
    assert told(sessions) == before


def test_previews_of_an_earlier_source_are_not_shown(sessions: Sessions, message_id: int, ann: int) -> None:
    edit(sessions, message_id, ann)
    render(sessions, linked(message_id, 2, TWO.url))
    preview(sessions, message_id, 1, ONE)
    assert urls(sessions, message_id) == []


def test_nothing_comes_back_after_the_end(sessions: Sessions, message_id: int, ann: int) -> None:
    render(sessions, linked(message_id, 1, ONE.url))
    preview(sessions, message_id, 1, ONE)
    with sessions.begin() as session:
        delete_message(session, message_id=message_id, deleter_id=ann, now=LATER)
    preview(sessions, message_id, 1, ONE)
    assert message(sessions, message_id).previews == []


def test_what_cannot_be_rendered_says_so(sessions: Sessions, message_id: int) -> None:
    failed = MessageRendered(message_id=message_id, version=1, html="**hi**", failed=True)
    render(sessions, Received(failed, "test"))
    assert shown(sessions, message_id)["status"] == "unrenderable"
