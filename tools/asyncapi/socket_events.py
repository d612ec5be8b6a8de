"""What is said over sockets: what clients ask, what they are told, and with which arguments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, NotRequired, TypeAlias, TypeVar

from pydantic import Field
from typing_extensions import TypedDict

from chassis.amqp import BrokerUnavailableError
from chassis.bodies import InvalidFieldsError
from chassis.problem_answers import Problem
from chassis.tokens import KeysUnavailableError, NotAuthenticatedError, TokenRejectedError
from messages.domain import CursorExpiredError
from messages.shapes import CursorText, Message, User
from push.limits import TooManyEventsError
from push.requests import Authentication, PostMessage, Sync
from push.sockets import NoSuchEventError

# A TypedDict, a model or another type.
Shape: TypeAlias = Any
Token: TypeAlias = str | None


class Done(TypedDict):
    ok: Literal[True]


class Posted(Done):
    task: str


class SocketProblem(Problem):
    """A problem as REST has it; `retry_after_seconds` is a header there."""

    retry_after_seconds: NotRequired[int]


class Refused(TypedDict):
    ok: Literal[False]
    problem: SocketProblem


class Missed(Done):
    messages: list[Message]
    users: list[User]
    cursor: CursorText
    more: Annotated[bool, Field(description="Whether there is more right now; go on with `cursor`.", examples=[False])]


class Place(TypedDict):
    cursor: CursorText


class ConnectError(TypedDict):
    message: str
    data: Problem


UpdatedMessage = TypedDict("UpdatedMessage", {"class": Literal["Message"], "model": Message})
UpdatedUser = TypedDict("UpdatedUser", {"class": Literal["User"], "model": User})


@dataclass(frozen=True, kw_only=True)
class Said:
    """Something that one side says.

    Attributes:
        arguments: Their shapes, in their order.
        required: How many may not be left out.
        examples: The arguments of some; made of the shapes where there are none.
        problems: The errors that are examples.
        is_event: Whether it has a list of arguments; otherwise it has one thing.
    """

    name: str
    meaning: str
    arguments: tuple[Shape, ...] = ()
    required: int = 0
    examples: tuple[tuple[Any, ...], ...] = ()
    problems: tuple[type[Exception], ...] = ()
    is_event: bool = True


@dataclass(frozen=True, kw_only=True)
class Asked(Said):
    """Something that a client asks.

    Attributes:
        answer: How it is acknowledged, unless it is refused.
    """

    answer: Said


SaidT = TypeVar("SaidT", bound=Said)


def _by_name(said: Iterable[SaidT]) -> Mapping[str, SaidT]:
    return MappingProxyType({one.name: one for one in said})


def _answer(name: str, shape: Shape, **members: Any) -> Said:
    example = ({"ok": True, **members},)
    return Said(name=name, meaning="It is done.", arguments=(shape,), required=1, examples=(example,))


TOKEN: Final = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"  # noqa: S105 - an example
DONE: Final = _answer("done", Done)
WHO: Final = (InvalidFieldsError, NotAuthenticatedError, TokenRejectedError)

CONNECT: Final = Said(
    name="connect",
    meaning="Join: with a token, or without one to read, where anybody may.",
    arguments=(Authentication,),
    examples=(({"token": TOKEN},),),
    is_event=False,
)
CONNECT_ERROR: Final = Said(
    name="connect_error",
    meaning="The client is not let in; `data` is a problem (RFC 9457).",
    arguments=(ConnectError,),
    problems=(*WHO, KeysUnavailableError),
    is_event=False,
)
REFUSED: Final = Said(
    name="refused",
    meaning="It is not done; `problem` tells why (RFC 9457).",
    arguments=(Refused,),
    required=1,
    problems=(*WHO, CursorExpiredError, NoSuchEventError, TooManyEventsError, BrokerUnavailableError),
)
ASKED: Final = _by_name(
    [
        Asked(
            name="post_message",
            meaning="Post a message. The broker has it once it is acknowledged; what becomes of it, `task` tells.",
            arguments=(PostMessage, Token),
            required=1,
            examples=(({"source": "**hello**", "idempotency_key": "6f9619ff"},), ({"source": "**hello**"}, TOKEN)),
            answer=_answer("posted", Posted, task="/api/v1/tasks/6f9619ff-8b86-4d01-b42d-00cf4fc964ff"),
        ),
        Asked(
            name="ping_user",
            meaning="Show that one is there; a token replaces the one that the connection has.",
            arguments=(Token,),
            examples=((), (TOKEN,)),
            answer=DONE,
        ),
        Asked(
            name="authenticate",
            meaning="Go on with another token.",
            arguments=(str,),
            required=1,
            examples=((TOKEN,),),
            answer=DONE,
        ),
        Asked(
            name="sync",
            meaning="Ask for what was missed since a cursor; without one, for what lists begin with.",
            arguments=(Sync | None,),
            examples=(({"cursor": "2.eyJlcG9jaCI6IjEifQ"},), ()),
            answer=Said(
                name="missed",
                meaning="The latest states of what has changed; some may come twice, with `updated_model`.",
                arguments=(Missed,),
                required=1,
            ),
        ),
    ]
)
TOLD: Final = _by_name(
    [
        Said(
            name="updated_model",
            meaning="A message or a user has changed; drop versions of a message that you have seen.",
            arguments=(UpdatedMessage | UpdatedUser,),
            required=1,
        ),
        Said(
            name="up_to_date",
            meaning="All that changed before this cursor has been told: whoever comes back begins there.",
            arguments=(Place,),
            required=1,
        ),
        Said(
            name="expired_token",
            meaning="The token has ended; the connection goes on anonymously, where anybody may read.",
        ),
    ]
)
