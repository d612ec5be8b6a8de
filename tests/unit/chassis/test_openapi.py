"""Views that tell what they do."""

from http import HTTPStatus
from typing import Annotated

import pytest
from flask import Blueprint, Flask
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from chassis.bodies import Body
from chassis.describing import Access, Answer, Description, Header
from chassis.openapi import NotDescribedError, describe
from chassis.problem_answers import Kind
from chassis.problems import problem
from chassis.schemas import NoExampleError
from chassis.web import base_app


class NoSuchThingError(Exception):
    """There is no such thing."""


class Thing(TypedDict):
    """A thing."""

    name: Annotated[str, Field(examples=["lamp"])]


class Renaming(Body):
    name: Annotated[str, Field(min_length=1, examples=["lamp"])]


class Which(BaseModel):
    limit: int | None = Field(default=None, ge=1, description="At most so many.", examples=[10])


SHOWN = Description(
    access=Access.OPTIONAL,
    query=Which,
    answers=(Answer(meaning="The thing.", shape=Thing),),
    problems=(NoSuchThingError,),
)
RENAMED = Description(
    access=Access.BEARER,
    body=Renaming,
    headers=(Header(name="Prefer", meaning="How.", example="wait=1"),),
    answers=(Answer(meaning="Done.", status=HTTPStatus.NO_CONTENT),),
)
SLOW = Kind(meaning="Slow down.", example=problem(HTTPStatus.TOO_MANY_REQUESTS, "slow", "Slow down."), tells_when=True)


def app_with(told: Description | None, *, method: str = "GET") -> Flask:
    app = base_app("things", checks={}, problems={NoSuchThingError: (HTTPStatus.NOT_FOUND, "no-such-thing")})
    things = Blueprint("things", __name__)

    def show(thing_id: int) -> str:
        """Show a thing.

        All of it.
        """
        return str(thing_id)

    things.add_url_rule("/<id:thing_id>", view_func=told(show) if told else show, methods=[method])
    app.register_blueprint(things, url_prefix="/api/things")
    return app


def test_an_endpoint_is_described_by_its_view() -> None:
    shown = describe(app_with(SHOWN), prefixes=["/api/"])["paths"]["/api/things/{thing_id}"]["get"]
    assert (shown["summary"], shown["description"]) == ("Show a thing", "All of it.")
    assert shown["security"] == [{}, {"bearer": []}]
    assert [(each["in"], each["name"]) for each in shown["parameters"]] == [
        ("path", "thing_id"),
        ("query", "limit"),
        ("header", "If-None-Match"),
    ]
    assert shown["parameters"][1]["schema"] == {"type": "integer", "minimum": 1, "examples": [10]}
    assert shown["responses"]["200"]["content"]["application/json"]["example"] == {"name": "lamp"}
    assert list(shown["responses"]) == ["200", "304", "400", "401", "404", "503"]


def test_errors_come_from_the_table_with_what_their_docstrings_say() -> None:
    told = describe(app_with(SHOWN), prefixes=["/api/"])
    missing = told["paths"]["/api/things/{thing_id}"]["get"]["responses"]["404"]
    schema = missing["content"]["application/problem+json"]["schema"]
    assert schema["properties"]["type"]["enum"] == ["/problems/no-such-thing", "/problems/not-found"]
    assert told["components"]["examples"]["404-no-such-thing"]["value"]["detail"] == "There is no such thing."


def test_who_reads_a_body_has_the_errors_of_bodies() -> None:
    renamed = describe(app_with(RENAMED, method="PUT"), prefixes=["/api/"])["paths"]["/api/things/{thing_id}"]["put"]
    assert renamed["requestBody"]["content"]["application/json"]["example"] == {"name": "lamp"}
    assert list(renamed["responses"]) == ["204", "400", "401", "404", "415", "503"]
    assert [each["name"] for each in renamed["parameters"]] == ["thing_id", "Prefer"]


def test_what_all_endpoints_answer_is_told_once() -> None:
    told = describe(app_with(SHOWN), prefixes=["/api/"], everywhere=[SLOW])
    responses = told["paths"]["/api/things/{thing_id}"]["get"]["responses"]
    assert responses["429"] == {"$ref": "#/components/responses/TooManyRequests"}
    assert "Retry-After" in told["components"]["responses"]["TooManyRequests"]["headers"]


def test_what_is_not_offered_is_not_described() -> None:
    assert describe(app_with(None), prefixes=["/other/"])["paths"] == {}


def test_a_view_that_says_nothing_of_itself_is_an_error() -> None:
    with pytest.raises(NotDescribedError, match=r"things\.show"):
        describe(app_with(None), prefixes=["/api/"])


def test_a_shape_without_examples_is_an_error() -> None:
    class Bare(TypedDict):
        name: str

    told = Description(access=Access.ANYBODY, answers=(Answer(meaning="It.", shape=Bare),))
    with pytest.raises(NoExampleError, match="Name"):
        describe(app_with(told), prefixes=["/api/"])
