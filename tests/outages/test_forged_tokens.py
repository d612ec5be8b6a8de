"""Nobody gets in with a token that auth did not make for now; and no token makes anybody ask anything of anyone."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from pydantic import SecretStr
from socketio.exceptions import ConnectionError as RefusedError

from auth.queries import signing_keys
from auth.signing import sealing_of
from chassis.database import connect, create_sessions
from tests.forged_tokens import Forger
from tests.outages.replicas import port_of, replica
from tests.people import DEADLINE_SECONDS, Listener, Person, eventually, listening
from tools.native import Process, Stack
from tools.native.ports import PrivatePorts

HEADER_CHARS = 6000  # more of it nginx and gunicorn would not take for a header
JWKS = "/.well-known/jwks.json"


class Between:
    """Passes on to auth what it is asked, and remembers it."""

    def __init__(self, url: str) -> None:
        self.asked: list[str] = []
        between = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                between.asked.append(self.path.partition("?")[0])
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                answer = requests.get(url + self.path, headers=headers, timeout=DEADLINE_SECONDS)
                self.send_response(answer.status_code)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@dataclass(frozen=True)
class Watched:
    """Replicas that ask auth through somebody who watches.

    Attributes:
        elsewhere: Whom forged tokens would like to be asked.
    """

    messages: str
    push: str
    auth: Between
    elsewhere: Between


@pytest.fixture
def watched(stack: Stack, tmp_path: Path) -> Iterator[Watched]:
    auth_url = stack.process("messages").program.environment["AUTH_URL"]
    between, elsewhere = Between(auth_url), Between(auth_url)
    with ExitStack() as undo:
        ports = PrivatePorts()

        def start(name: str) -> str:
            process: Process = undo.enter_context(
                replica(stack, name, ports, tmp_path, environment={"AUTH_URL": between.url})
            )
            return f"http://127.0.0.1:{port_of(process)}"

        yield Watched(start("messages"), start("push"), between, elsewhere)
    between.server.shutdown()
    elsewhere.server.shutdown()


@pytest.fixture
def tokens(stack: Stack, watched: Watched, ann: Person) -> dict[str, str]:
    """Tokens that are good for nothing, made with auth's own key where that takes one, and one that is good."""
    environment = stack.process("auth").program.environment
    sealing = sealing_of(SecretStr(Path(environment["KEY_ENCRYPTION_KEY_FILE"]).read_text()))
    with create_sessions(connect(SecretStr(stack.database_url("auth")), name="test"))() as session:
        signers = [key.signer for key in signing_keys(session, sealing) if key.signer]
    kid = jwt.get_unverified_header(ann.token)["kid"]
    [key] = [signer.private_key for signer in signers if signer.kid == kid]
    ended = _session_of(ann.token)
    ann.log_out()
    session_id = _session_of(ann.log_in())
    forger = Forger(key, kid, user_id=ann.id, session_id=session_id, ended=ended, elsewhere=watched.elsewhere.url)
    huge = {"a huge one": forger.token(padding="x" * 3000), "a huge word": "x" * HEADER_CHARS}
    return {"good": forger.token(), **huge, **forger.forged(), **forger.stale()}


def _session_of(token: str) -> str:
    return str(jwt.decode(token, options={"verify_signature": False})["sid"])


def test_no_token_but_a_good_one_is_let_in_and_none_costs_a_question(watched: Watched, tokens: dict[str, str]) -> None:
    good = tokens.pop("good")
    assert len(tokens) >= 70
    with listening(watched.push) as listener:
        assert _rest(watched.messages, good) == 200
        assert _authenticated(listener, good) == 200
        before = len(watched.auth.asked)
        assert eventually(lambda: JWKS in watched.auth.asked[before:], seconds=60), "keys are looked up by the clock"
        asked = len(watched.auth.asked)
        by_rest = {name: _rest(watched.messages, token) for name, token in tokens.items() if _fits_header(token)}
        by_socket = {name: _authenticated(listener, token) for name, token in tokens.items()}
        # What has ended is asked by the clock, too.
        assert set(watched.auth.asked[asked:]) <= {"/internal/revocations"}
        assert watched.elsewhere.asked == []
        assert {name: status for name, status in by_rest.items() if status != 401} == {}
        assert {name: status for name, status in by_socket.items() if status != 401} == {}
        assert len(by_rest) >= 65
        assert _rest(watched.messages, good) == 200
        assert _authenticated(listener, good) == 200


def test_nobody_connects_with_such_a_token(watched: Watched, tokens: dict[str, str]) -> None:
    assert _connected(watched.push, tokens.pop("good"))
    del tokens["empty"]  # which is none
    assert [name for name, token in tokens.items() if _connected(watched.push, token)] == []


def _fits_header(token: str) -> bool:
    return token.strip() == token and "\0" not in token and token.encode(errors="replace").decode() == token


def _rest(url: str, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}".encode()}
    answer = requests.get(f"{url}/api/v1/users/me", headers=headers, timeout=DEADLINE_SECONDS)
    assert answer.status_code == 200 or answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code


def _authenticated(listener: Listener, token: str) -> int:
    answer: Any = listener.ask("authenticate", token)
    return 200 if answer["ok"] else int(answer["problem"]["status"])


def _connected(url: str, token: str) -> bool:
    try:
        with listening(url, token=token):
            return True
    except RefusedError:
        return False
