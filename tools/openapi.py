"""`python -m tools.openapi`: describes all that the gateway offers, in `gateway/web/openapi.json`."""

import json
import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

from flask import Flask
from pydantic import SecretStr

from auth import bootstrap as auth
from auth.keyring import Keyring
from auth.settings import WebSettings
from chassis.callers import Callers
from chassis.clock import utc_now
from chassis.database import connect
from chassis.internal import InternalClient
from chassis.openapi import describe
from chassis.problem_answers import TRY_AGAIN, Kind, ProblemAnswers
from chassis.tokens import Principal, TokenRejectedError
from messages import bootstrap as messages
from messages.credentials import CredentialsAtAuth
from messages.databases import connect_both, on_engines

Json: TypeAlias = dict[str, Any]

GATEWAY = Path(__file__).parents[1] / "gateway"
DOCUMENT = GATEWAY / "web" / "openapi.json"
# What services offer to clients; the rest is for each other and for whoever watches them.
OFFERED = ("/api/", "/.well-known/")
NOWHERE = SecretStr("postgresql://nobody@127.0.0.1:1/nothing")
# What nginx answers by itself: `return 413 '{"type": …}';`
NGINX_PROBLEM = re.compile(r"return \d{3} '(?P<problem>\{.*\})';")
# Problems that nginx has for files and for odd requests, but not for these endpoints.
ELSEWHERE = {404, 405, 501, 505}

INFO = {
    "title": "Flack",
    "version": version("messages"),
    "summary": "A chat: people register, log in, post Markdown, and see everybody else's messages.",
    "description": (
        "`/api/…` is the same as `/api/v1/…`. Times are epoch seconds (UTC). Fields and parameters that nobody knows, "
        "and parameters without a value, are ignored. Every error is a problem (RFC 9457), told by its `type`, and "
        "every answer has an `X-Request-ID`, by which it is found in the logs. Live news come over Socket.IO."
    ),
}
SECURITY_SCHEMES = {
    "basic": {"type": "http", "scheme": "basic", "description": "Nickname and password (RFC 7617), to log in."},
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The token of a login."},
}
# The files that the gateway itself has for clients of the API.
FILES: dict[str, Json] = {
    "/api/v1/openapi.json": {"summary": "Read this description", "media_type": "application/json", "type": "object"},
    "/api/v1/docs": {"summary": "Try the API", "media_type": "text/html", "type": "string"},
}


def merged() -> Json:
    """Return the description of the whole API."""
    everywhere = gateway_problems()
    parts = [describe(app, prefixes=OFFERED, everywhere=everywhere) for app in (messages_app(), auth_app())]
    names = dict.fromkeys(name for part in parts for name in part["components"])
    components = {name: _united(*(part["components"].get(name, {}) for part in parts)) for name in names}
    files = {path: {"get": _file(path, told, everywhere)} for path, told in FILES.items()}
    return {
        "openapi": "3.1.0",
        "info": INFO,
        "servers": [{"url": "/"}],
        "paths": _united(*(part["paths"] for part in parts), files),
        "components": components | {"securitySchemes": SECURITY_SCHEMES},
    }


def gateway_problems() -> list[Kind]:
    """Return what nginx may answer any request to the API, from its own configuration."""
    found = NGINX_PROBLEM.finditer((GATEWAY / "nginx.conf.template").read_text(encoding="utf-8"))
    examples = [json.loads(each["problem"]) for each in found]
    return [
        Kind(meaning=example["detail"], example=example, tells_when=example["status"] in TRY_AGAIN)
        for example in examples
        if example["status"] not in ELSEWHERE
    ]


def messages_app() -> Flask:
    """Return the messages service, which has no database and could not serve."""
    transactions, statements = connect_both(NOWHERE, pool_size=1)
    other_service = InternalClient("http://127.0.0.1:1", SecretStr("none"))
    return messages.create_app(
        on_engines(transactions, statements),
        callers=Callers(_no_token),
        task_secret=b"none",
        credentials=CredentialsAtAuth(other_service),
        renderer=other_service,
    )


def auth_app() -> Flask:
    """Return auth, which has no database and could not serve."""
    settings = WebSettings(
        database_url=NOWHERE, key_encryption_key=SecretStr("A" * 43), service_credential=SecretStr("none")
    )
    return auth.create_app(settings, connect(NOWHERE, name="auth"), Keyring(list, utc_now))


def text() -> str:
    """Return what belongs into the file."""
    return json.dumps(merged(), indent=2, ensure_ascii=False) + "\n"


def _no_token(_token: str) -> Principal:
    raise TokenRejectedError("There is nobody.")


def _united(*parts: Json) -> Json:
    """Return *parts* as one; what several of them have must be the same.

    Raises:
        ValueError: It is not.
    """
    united: Json = {}
    for part in parts:
        if unlike := [name for name in united.keys() & part.keys() if united[name] != part[name]]:
            raise ValueError(f"two services describe {', '.join(sorted(unlike))} otherwise")
        united |= part
    return united


def _file(path: str, told: Json, everywhere: Sequence[Kind]) -> Json:
    return {
        "operationId": path.rpartition("/")[2].replace(".", "_"),
        "tags": ["gateway"],
        "summary": told["summary"],
        "security": [],
        "responses": {
            "200": {"description": "The file.", "content": {told["media_type"]: {"schema": {"type": told["type"]}}}},
            "304": {"description": "It is what the client has."},
            **ProblemAnswers({}, everywhere).of([]),
        },
    }


if __name__ == "__main__":
    DOCUMENT.write_text(text(), encoding="utf-8")
