"""A post that is sent again is the same post."""

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from messages.commands.messages import Draft
from messages.commands.posts import Posted, post_from_socket, post_once
from messages.commands.users import register_user
from messages.domain import IdempotencyKeyReusedError, RequestInFlightError
from messages.models import Message, Task
from messages.resources import message_as_json
from tests.integration.messages.auths import RecordingCredentials
from tests.integration.messages.chats import LATER, draft, edit, render, rendered

Sessions = sessionmaker[Session]


def post(sessions: Sessions, wanted: Draft) -> Posted:
    with sessions.begin() as session:
        return post_once(session, wanted)


def send(sessions: Sessions, wanted: Draft) -> Task:
    """Post over a socket and return the task that was promised."""
    with sessions.begin() as session:
        post_from_socket(session, wanted)
    return task(sessions, wanted.task_id)


def task(sessions: Sessions, task_id: UUID) -> Task:
    with sessions() as session:
        return session.get_one(Task, task_id)


def count(sessions: Sessions) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(Message)) or 0


def test_the_same_again_gets_the_first_answer_whatever_happened_since(sessions: Sessions, ann: int) -> None:
    first = post(sessions, draft(ann, "hello", key="k"))
    answer = message_as_json(first.message)
    render(sessions, rendered(first.message.id, 1))
    edit(sessions, first.message.id, ann)
    again = post(sessions, draft(ann, "hello", key="k", now=LATER))
    assert (again.task_id, message_as_json(again.message)) == (first.task_id, answer)
    assert count(sessions) == 1


def test_a_key_stands_for_one_source_only(sessions: Sessions, ann: int) -> None:
    post(sessions, draft(ann, "hello", key="k"))
    with pytest.raises(IdempotencyKeyReusedError):
        post(sessions, draft(ann, "hullo", key="k"))
    assert count(sessions) == 1


def test_two_people_may_use_the_same_key(sessions: Sessions, ann: int) -> None:
    with sessions.begin() as session:
        bob = register_user(session, nickname="bob", password="x" * 8, credentials=RecordingCredentials(), now=LATER).id
    assert post(sessions, draft(ann, "hello", key="k")) != post(sessions, draft(bob, "hello", key="k"))
    assert count(sessions) == 2


def test_whoever_comes_while_the_first_is_being_stored_is_told_so(sessions: Sessions, ann: int) -> None:
    with sessions.begin() as session:
        post_once(session, draft(ann, "hello", key="k"))
        with pytest.raises(RequestInFlightError):
            post(sessions, draft(ann, "hello", key="k"))
    assert count(sessions) == 1


def test_a_first_that_fails_leaves_the_key_free(sessions: Sessions, ann: int) -> None:
    with sessions() as session:
        post_once(session, draft(ann, "hello", key="k"))
        session.rollback()
    assert post(sessions, draft(ann, "hullo", key="k"))
    assert count(sessions) == 1


def test_of_fifty_at_once_one_is_stored(sessions: Sessions, ann: int) -> None:
    def try_to_post(_number: int) -> UUID | None:
        try:
            return post(sessions, draft(ann, "hello", key="k")).task_id
        except RequestInFlightError:
            return None

    with ThreadPoolExecutor(8) as pool:
        tasks = set(pool.map(try_to_post, range(50))) - {None}
    assert (len(tasks), count(sessions)) == (1, 1)


def test_a_socket_is_promised_a_task_that_tells_of_the_first_post(sessions: Sessions, ann: int) -> None:
    first = post(sessions, draft(ann, "hello", key="k"))
    pending = send(sessions, draft(ann, "hello", key="k"))
    assert (pending.message_id, pending.done) == (first.message.id, False)
    render(sessions, rendered(first.message.id, 1))
    done = task(sessions, first.task_id)
    assert task(sessions, pending.id).answer == done.answer
    assert send(sessions, draft(ann, "hello", key="k")).answer == done.answer
    assert json.loads(done.answer or "")["id"] == first.message.id
    assert count(sessions) == 1


def test_over_rest_and_over_a_socket_a_key_is_the_same_key(sessions: Sessions, ann: int) -> None:
    sent = send(sessions, draft(ann, "hello", key="k"))
    assert post(sessions, draft(ann, "hello", key="k")).task_id == sent.id
    assert count(sessions) == 1


def test_a_socket_that_uses_a_key_for_something_else_is_promised_a_refusal(sessions: Sessions, ann: int) -> None:
    send(sessions, draft(ann, "hello", key="k"))
    refused = send(sessions, draft(ann, "hullo", key="k"))
    assert (refused.kind, refused.done, refused.message_id) == ("refused", True, None)
    assert send(sessions, draft(ann, "hello", key="k")).kind == "post"
    assert count(sessions) == 1


def test_without_a_key_every_post_is_another(sessions: Sessions, ann: int) -> None:
    assert send(sessions, draft(ann, "hello")).message_id != send(sessions, draft(ann, "hello")).message_id
