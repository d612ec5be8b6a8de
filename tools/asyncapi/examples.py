"""Examples of what is said over sockets."""

from collections.abc import Iterator
from typing import Any

from chassis.problem_answers import kind_of
from chassis.schemas import Schemas
from messages.problems import PROBLEMS as THEIRS
from push.sockets import FAULT, PROBLEMS
from tools.asyncapi.parts import Json
from tools.asyncapi.socket_events import CONNECT_ERROR, Said


def examples(said: Said, schemas: Schemas) -> list[Json]:
    """Return examples of *said*: those that are given, its problems, or some that are made of the shapes."""
    if said.problems:
        return [_refusal(said, problem) for problem in _problems(said)]
    return [{"payload": _payload(said, arguments)} for arguments in said.examples or _made(said, schemas)]


def _payload(said: Said, arguments: tuple[Any, ...]) -> Any:
    return list(arguments) if said.is_event else arguments[0]


def _problems(said: Said) -> Iterator[Json]:
    for error in said.problems:
        kind = kind_of(error, {**THEIRS, **PROBLEMS})
        yield {**kind.example} | ({"retry_after_seconds": 1} if kind.tells_when and said is not CONNECT_ERROR else {})
    yield FAULT


def _refusal(said: Said, problem: Json) -> Json:
    is_connecting = said is CONNECT_ERROR
    refusal = {"message": problem["detail"], "data": problem} if is_connecting else {"ok": False, "problem": problem}
    return {"name": problem["type"].rpartition("/")[2], "payload": _payload(said, (refusal,))}


def _made(said: Said, schemas: Schemas) -> Iterator[tuple[Any, ...]]:
    """Yield an example for each of the shapes that the one argument may have; nothing, if there is none."""
    if not said.arguments:
        yield ()
    for shape in said.arguments:
        schema = schemas.of(shape)
        yield from ((schemas.example(each),) for each in schema.get("anyOf", [schema]))
