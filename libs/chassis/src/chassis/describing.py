"""How a view tells what its code does not: who may ask, how it answers, and which errors it has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel

from chassis.bodies import Body

View = TypeVar("View", bound=Callable[..., Any])
# A TypedDict or a model.
Shape: TypeAlias = Any


class Access(Enum):
    """Who may ask: anybody, with a token or without, with one only, or with a password."""

    ANYBODY = "anybody"
    OPTIONAL = "optional"
    BEARER = "bearer"
    BASIC = "basic"


@dataclass(frozen=True, kw_only=True)
class Header:
    """A header, of a request or of an answer."""

    name: str
    meaning: str
    example: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A way in which a view succeeds.

    Attributes:
        shape: What the JSON object in the body is like; None if there is none.
        example: What in an example is not as the examples of the shape's fields say.
        headers, sometimes: Those that it always has, and those that it may lack.
    """

    meaning: str
    status: HTTPStatus = HTTPStatus.OK
    shape: Shape = None
    example: Mapping[str, Any] = field(default_factory=dict)
    headers: tuple[Header, ...] = ()
    sometimes: tuple[Header, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Description:
    """What is told of a view, as its decorator; the view's docstring tells what it is for.

    Attributes:
        body, query: What the view reads with `read_body` and `read_query`.
        headers: What it reads beside; a model's fields are headers.
        problems: Its errors, but for those that all who read a body, a query or a token have.
    """

    access: Access
    answers: tuple[Answer, ...]
    body: type[Body] | None = None
    query: type[BaseModel] | None = None
    headers: tuple[Header | type[BaseModel], ...] = ()
    problems: tuple[type[Exception], ...] = ()

    def __call__(self, view: View) -> View:
        """Tell this of *view*."""
        view.__dict__["description"] = self
        return view


def description_of(view: Callable[..., Any]) -> Description | None:
    """Return what was told of *view*."""
    found: Description | None = view.__dict__.get("description")
    return found
