"""What the API says of itself, without running it."""

import inspect
import json
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate
from pydantic import BaseModel

from chassis.bodies import Body
from chassis.describing import Access, Description, Header, description_of
from chassis.problems import COMMON_PROBLEMS
from tests.description import DOCUMENT, PREFIX, committed
from tools.openapi import OFFERED, auth_app, messages_app, text

DESCRIPTION = committed()
APPS = [messages_app(), auth_app()]
VIEWS = {
    f"{app.name}.{rule.endpoint}": app.view_functions[rule.endpoint]
    for app in APPS
    for rule in app.url_map.iter_rules()
    if rule.rule.startswith(OFFERED)
}
# What a view calls to learn who asks.
ASKED = {"required": Access.BEARER, "allowed": Access.BEARER, "optional": Access.OPTIONAL}


def test_the_committed_description_is_that_of_the_code() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == text(), "stale; `make openapi` writes it anew"


def test_it_is_openapi() -> None:
    validate(DESCRIPTION.document)


def test_all_that_the_gateway_offers_is_in_it() -> None:
    offered = {(method.upper(), path.removeprefix(PREFIX)) for method, path, _ in DESCRIPTION.operations()}
    assert offered >= {
        *(("POST", path) for path in ("/users", "/messages", "/tokens", "/renderings")),
        *(("GET", path) for path in ("/users", "/users/me", "/users/{user_id}", "/messages", "/messages/{message_id}")),
        *(("PUT", path) for path in ("/users/{user_id}", "/messages/{message_id}")),
        *(("DELETE", path) for path in ("/messages/{message_id}", "/tokens")),
        *(("GET", path) for path in ("/tasks/{task_id}", "/.well-known/jwks.json", "/openapi.json", "/docs")),
    }


def media() -> Iterator[tuple[str, Any]]:
    """Yield all that is said of bodies, by whose they are."""
    for _, _, operation in DESCRIPTION.operations():
        responses = {status: DESCRIPTION.resolved(told) for status, told in operation["responses"].items()}
        for name, part in {**responses, "body": operation.get("requestBody", {})}.items():
            for told in part.get("content", {}).values():
                yield f"{operation['operationId']} {name}", told


def examples(told: Any) -> list[Any]:
    named = [DESCRIPTION.resolved(each)["value"] for each in told.get("examples", {}).values()]
    return [*named, *([told["example"]] if "example" in told else [])]


def test_examples_are_what_they_are_examples_of() -> None:
    complaints = [
        (name, complaint)
        for name, told in media()
        for example in examples(told)
        for complaint in DESCRIPTION.complaints(told["schema"], example)
    ]
    assert complaints == []


def test_whatever_has_a_shape_has_an_example() -> None:
    bare = [name for name, told in media() if not examples(told)]
    assert bare == ["openapi_json 200", "docs 200"]


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_every_problem_of_a_service_is_told_of(app: Any) -> None:
    told = json.dumps(DESCRIPTION.document)
    own = {slug for error, (_, slug) in app.extensions["problems"].items() if error not in COMMON_PROBLEMS}
    internal = {"credentials-not-found"}  # which only services hear
    assert {slug for slug in own - internal if f'"/problems/{slug}"' not in told} == set()


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_told_to_read_what_it_reads(name: str) -> None:
    view, told = VIEWS[name], description(VIEWS[name])
    used = inspect.getclosurevars(view)
    models = {each for each in used.globals.values() if isinstance(each, type) and issubclass(each, BaseModel)}
    assert {each for each in models if issubclass(each, Body)} == ({told.body} if told.body else set())
    assert {each for each in models if not issubclass(each, Body)} == ({told.query} if told.query else set())
    reads_key = "idempotency_key" in used.globals
    assert reads_key == any(not isinstance(header, Header) for header in told.headers)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_told_to_ask_who_it_asks(name: str) -> None:
    view = VIEWS[name]
    asks = {ASKED[called] for called in view.__code__.co_names if called in ASKED}
    assert asks == {description(view).access} & {Access.BEARER, Access.OPTIONAL}


def description(view: Any) -> Description:
    told = description_of(view)
    assert told is not None
    return told
