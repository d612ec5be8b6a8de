"""Passwords and tokens are in no log, whatever people do with them."""

import re
from base64 import b64encode
from uuid import uuid4

import pytest
import requests

from tests.conftest import LogOf
from tests.people import DEADLINE_SECONDS, Person, eventually, listening
from tests.project import SERVICES

# Of any kind, whoever they belong to.
PATTERNS = {
    "a token": re.compile(r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}"),
    "a hash of a password": re.compile(r"\$argon2"),
    "credentials": re.compile(r"(?i)authorization\W+(basic|bearer)"),
}


def live(base_url: str) -> list[str]:
    """Do whatever people do with secrets, the wrong things too, and return those secrets."""
    password, new_password = f"first {uuid4().hex}", f"second {uuid4().hex}"
    nickname = f"s-{uuid4().hex[:12]}"
    users, tokens = f"{base_url}/api/v1/users", f"{base_url}/api/v1/tokens"
    with requests.Session() as http:

        def ask(method: str, url: str, **options: object) -> requests.Response:
            return http.request(method, url, timeout=DEADLINE_SECONDS, **options)  # type: ignore[arg-type]

        ask("POST", users, json={"nickname": password, "password": "short"})
        ask("POST", users, data=f'{{"nickname": "{nickname}", "password": "{password}"')
        ask("POST", users, json={"nickname": nickname, "password": [password]})
        for _ in range(2):
            ask("POST", users, json={"nickname": nickname, "password": password})
        ask("POST", tokens, auth=(nickname, new_password))
        ask("POST", tokens, auth=(password, nickname))
        login = ask("POST", tokens, auth=(nickname, password)).json()
        renewed = ask("PUT", tokens, json={"refresh_token": login["refresh_token"]}).json()
        bearer = {"Authorization": f"Bearer {renewed['token']}"}
        user_id = ask("GET", f"{users}/me", headers=bearer).json()["id"]
        ask("GET", f"{base_url}/api/v1/messages?token={login['token']}", headers=bearer)
        with listening(base_url, token=renewed["token"]) as listener:
            listener.ask("authenticate", renewed["token"])
            listener.ask("ping_user", renewed["token"])
            listener.ask("post_message", {"source": "with a token"}, renewed["token"])
            # By then every part has had something of it in its hands.
            assert listener.hears(lambda: user_id in {message["user_id"] for message in listener.messages})
            listener.ask("post_message", {"source": 7, "token": renewed["token"]}, [renewed["token"]])
            ask("PUT", f"{users}/{user_id}", json={"password": new_password}, headers=bearer)
            assert listener.hears(lambda: listener.ends == 1)
        last = ask("POST", tokens, auth=(nickname, new_password)).json()
        ask("PUT", tokens, json={"refresh_token": renewed["refresh_token"]})
        ask("DELETE", tokens, headers={"Authorization": f"Bearer {last['token']}"})
    basics = [b64encode(f"{nickname}:{each}".encode()).decode() for each in (password, new_password)]
    return [
        password,
        new_password,
        *basics,
        *(each[kind] for each in (login, renewed, last) for kind in ("token", "refresh_token")),
    ]


@pytest.mark.parametrize("part", SERVICES)
def test_no_log_has_a_secret(base_url: str, log_of: LogOf, ann: Person, part: str) -> None:
    secrets = live(base_url)
    if part in {"gateway", "auth", "messages", "push"}:
        request_id = ann.call("GET", "/users/me").headers["X-Request-ID"]
        assert part in {"auth", "push"} or eventually(lambda: request_id in log_of(part)), "is this the log?"
    log = log_of(part)
    assert [secret for secret in secrets if secret in log] == []
    assert {name: pattern.findall(log) for name, pattern in PATTERNS.items() if pattern.search(log)} == {}
