"""What is posted, edited, rendered and deleted, on a real database."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from chassis.outbox import OUTBOX
from contracts import MessageDeleted, MessagePosted, MessageUpdated
from messages.commands.messages import delete_message, edit_message, post_message
from messages.commands.tasks import forget_answers, prune_tasks
from messages.commands.users import register_user
from messages.domain import (
    TASKS_KEPT,
    MessageDeletedError,
    MessageNotFoundError,
    NotAuthorError,
    UnknownUserError,
)
from messages.models import Message, Task
from messages.queries.messages import message_of
from messages.queries.tasks import done_tasks
from messages.resources import message_as_json
from tests.integration.messages.auths import RecordingCredentials
from tests.integration.messages.chats import LATER, NOON, draft, edit, message, post, render, rendered, task_of, told

Sessions = sessionmaker[Session]


@pytest.fixture
def bob(sessions: Sessions) -> int:
    """The id of somebody else."""
    with sessions.begin() as session:
        user = register_user(session, nickname="bob", password="x" * 8, credentials=RecordingCredentials(), now=NOON)
        return user.id


def kinds(sessions: Sessions) -> list[str]:
    return [event.type for event in told(sessions)][1:]  # the registration


def test_somebody_who_is_not_registered_cannot_post(sessions: Sessions) -> None:
    with pytest.raises(UnknownUserError), sessions.begin() as session:
        post_message(session, draft(1))


def test_a_post_is_shown_escaped_until_it_is_rendered(sessions: Sessions, ann: int) -> None:
    message_id = post(sessions, ann)
    assert (message(sessions, message_id).html, message(sessions, message_id).status) == ("**hi**", "posted")
    render(sessions, rendered(message_id, 1))
    assert (message(sessions, message_id).html, message(sessions, message_id).status) == ("<p>new</p>", "rendered")
    assert kinds(sessions) == ["message.posted.v1", "message.updated.v1"]


def test_a_post_is_whole_even_where_every_statement_commits_by_itself(
    sessions: Sessions, statements: Sessions, ann: int
) -> None:
    with statements() as session:
        posted = post_message(session, draft(ann))
    assert message_as_json(message(sessions, posted.id)) == message_as_json(posted)
    assert told(sessions)[1:] == [MessagePosted(message_id=posted.id, version=1, author_id=ann, source="**hi**")]
    assert task_of(sessions, posted.id).done is False


def test_a_post_that_cannot_be_stored_leaves_nothing(sessions: Sessions, statements: Sessions, ann: int) -> None:
    wrong = draft(ann, "x")
    with statements() as session:
        post_message(session, wrong)
        with pytest.raises(Exception, match="duplicate key"):
            post_message(session, wrong)  # two messages cannot have one task
    with sessions() as session:
        assert [session.scalar(select(func.count()).select_from(kind)) for kind in (Message, Task)] == [1, 1]
    assert kinds(sessions) == ["message.posted.v1"]


def test_a_rendering_that_comes_twice_changes_nothing(sessions: Sessions, ann: int) -> None:
    message_id = post(sessions, ann)
    render(sessions, rendered(message_id, 1), rendered(message_id, 1))
    before = kinds(sessions)
    render(sessions, rendered(message_id, 1))
    assert (kinds(sessions), before.count("message.updated.v1")) == (before, 1)
    assert message(sessions, message_id).version == 2


def test_the_rendering_of_an_older_source_is_not_shown(sessions: Sessions, ann: int) -> None:
    message_id = post(sessions, ann)
    edit(sessions, message_id, ann)
    assert (message(sessions, message_id).version, message(sessions, message_id).source_version) == (2, 2)
    render(sessions, rendered(message_id, 1))
    assert message(sessions, message_id).html == "edited"
    render(sessions, rendered(message_id, 2))
    assert message(sessions, message_id).html == "<p>new</p>"


def test_many_renderings_are_shown_at_once_each_told_by_the_name_of_its_cause(sessions: Sessions, ann: int) -> None:
    ids = [post(sessions, ann) for _ in range(5)]
    render(sessions, *(rendered(each, 1, f"<p>{each}</p>", cause=f"cause {each}") for each in ids))
    assert [message(sessions, each).html for each in ids] == [f"<p>{each}</p>" for each in ids]
    with sessions() as session:
        updates = select(OUTBOX.c.correlation_id).where(OUTBOX.c.type == MessageUpdated.type)
        assert set(session.scalars(updates)) == {f"cause {each}" for each in ids}
    models = [event.model for event in told(sessions) if isinstance(event, MessageUpdated)]
    assert {model["id"]: model["html"] for model in models} == {each: f"<p>{each}</p>" for each in ids}


@pytest.mark.parametrize("change", [edit_message, delete_message])
def test_nobody_changes_what_is_not_theirs_or_not_there(sessions: Sessions, ann: int, bob: int, change: Any) -> None:
    message_id = post(sessions, ann)
    rest: dict[str, Any] = {"source": "mine", "task_id": draft(ann).task_id} if change is edit_message else {}
    who = "editor_id" if change is edit_message else "deleter_id"
    with pytest.raises(NotAuthorError), sessions.begin() as session:
        change(session, message_id=message_id, now=LATER, **{who: bob}, **rest)
    with pytest.raises(MessageNotFoundError), sessions.begin() as session:
        change(session, message_id=message_id + 1, now=LATER, **{who: ann}, **rest)


def delete(sessions: Sessions, message_id: int, deleter_id: int) -> None:
    with sessions.begin() as session:
        delete_message(session, message_id=message_id, deleter_id=deleter_id, now=LATER)


def test_a_tombstone_keeps_nothing_of_the_text_and_is_told(sessions: Sessions, ann: int) -> None:
    message_id = post(sessions, ann)
    render(sessions, rendered(message_id, 1))
    delete(sessions, message_id, ann)
    tombstone = message(sessions, message_id)
    assert (tombstone.source, tombstone.html, tombstone.deleted, tombstone.version) == ("", "", True, 3)
    assert told(sessions)[-2:] == [
        MessageDeleted(message_id=message_id, version=3),
        MessageUpdated(message_id=message_id, version=3, model=message_as_json(tombstone)),
    ]
    with sessions.begin() as session:
        forget_answers(session, message_id)
    assert (task_of(sessions, message_id).done, task_of(sessions, message_id).answer) == (True, None)


def test_what_is_deleted_is_gone_for_its_author_too(sessions: Sessions, ann: int) -> None:
    message_id = post(sessions, ann)
    delete(sessions, message_id, ann)
    with pytest.raises(MessageDeletedError), sessions() as session:
        message_of(session, message_id)
    with pytest.raises(MessageNotFoundError):
        edit(sessions, message_id, ann)
    with pytest.raises(MessageNotFoundError):
        delete(sessions, message_id, ann)


def test_a_rendering_that_comes_after_the_end_brings_nothing_back(sessions: Sessions, ann: int) -> None:
    message_id = post(sessions, ann)
    delete(sessions, message_id, ann)
    render(sessions, rendered(message_id, 1))
    assert message(sessions, message_id).html == ""


def test_a_task_answers_with_the_message_as_it_was_when_it_was_rendered(sessions: Sessions, ann: int) -> None:
    message_id = post(sessions, ann)
    assert not task_of(sessions, message_id).done
    render(sessions, rendered(message_id, 1))
    then = message_as_json(message(sessions, message_id))
    edit(sessions, message_id, ann)
    render(sessions, rendered(message_id, 3, "<p>other</p>"))
    assert message(sessions, message_id).html == "<p>other</p>"
    assert json.loads(task_of(sessions, message_id).answer or "") == then
    assert (task_of(sessions, message_id, "edit").done, task_of(sessions, message_id, "edit").answer) == (True, None)


def test_a_post_that_is_overtaken_by_an_edit_is_done_with_it(sessions: Sessions, ann: int) -> None:
    message_id = post(sessions, ann)
    edited = edit(sessions, message_id, ann)
    render(sessions, rendered(message_id, 1))
    posted = task_of(sessions, message_id).id
    with sessions() as session:
        assert done_tasks(session, [posted, edited]) == set()
    render(sessions, rendered(message_id, 2))
    with sessions() as session:
        assert done_tasks(session, [posted, edited]) == {posted, edited}
    assert json.loads(task_of(sessions, message_id).answer or "")["source"] == "edited"


def test_tasks_are_forgotten_after_their_time(sessions: Sessions, ann: int) -> None:
    old, new = post(sessions, ann), post(sessions, ann)
    with sessions.begin() as session:
        session.get_one(Task, task_of(sessions, new).id).created_at = LATER
        assert prune_tasks(session, NOON + TASKS_KEPT) == 0
        assert prune_tasks(session, LATER + TASKS_KEPT) == 1
    with sessions() as session:
        assert set(session.scalars(select(Task.message_id))) == {new}
    assert old != new
