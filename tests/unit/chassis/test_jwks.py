"""Auth's keys are asked for when one is needed, and not more often than auth can bear."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from chassis.jwks import FIRST_FETCH_SECONDS, REFRESH_SECONDS, Jwks, KeysUnavailableError, UnknownKeyError
from tests.unit.chassis.conftest import TinyServer, Watch


def jwk(kid: str) -> dict[str, Any]:
    public = OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate().public_key(), as_dict=True)
    return {**public, "kid": kid, "alg": "EdDSA", "use": "sig"}


@pytest.fixture
def jwks(server: TinyServer, watch: Watch) -> Jwks:
    server.says({"keys": [jwk("k-1")]})
    return Jwks(f"{server.url}/jwks.json", monotonic=watch)


def test_nothing_is_asked_before_a_key_is_needed(jwks: Jwks, server: TinyServer) -> None:
    assert jwks is not None
    assert server.asked == []


def test_a_key_is_found_by_its_kid(jwks: Jwks) -> None:
    assert jwks.key_for("k-1").key_id == "k-1"


def test_keys_are_kept(jwks: Jwks, server: TinyServer, watch: Watch) -> None:
    for _ in range(5):
        jwks.key_for("k-1")
        watch.seconds += 10 * REFRESH_SECONDS
    assert server.asked == ["GET /jwks.json"]


def test_an_unknown_kid_is_no_key(jwks: Jwks) -> None:
    with pytest.raises(UnknownKeyError):
        jwks.key_for("k-2")


def test_a_flood_of_unknown_kids_is_not_passed_on_to_auth(jwks: Jwks, server: TinyServer, watch: Watch) -> None:
    jwks.key_for("k-1")
    for number in range(100):
        watch.seconds += REFRESH_SECONDS / 101
        with pytest.raises(UnknownKeyError):
            jwks.key_for(f"unknown {number}")
    assert len(server.asked) <= 2


def test_a_new_key_is_found_once_it_is_time_to_look_again(jwks: Jwks, server: TinyServer, watch: Watch) -> None:
    jwks.key_for("k-1")
    server.says({"keys": [jwk("k-1"), jwk("k-2")]})
    watch.seconds += REFRESH_SECONDS
    assert jwks.key_for("k-2").key_id == "k-2"
    assert jwks.key_for("k-1").key_id == "k-1"


def test_a_key_that_auth_has_withdrawn_is_forgotten_with_the_next_look(
    jwks: Jwks, server: TinyServer, watch: Watch
) -> None:
    jwks.key_for("k-1")
    server.says({"keys": [jwk("k-2")]})
    watch.seconds += REFRESH_SECONDS
    jwks.key_for("k-2")
    with pytest.raises(UnknownKeyError):
        jwks.key_for("k-1")


def test_known_keys_outlive_auth(jwks: Jwks, server: TinyServer, watch: Watch) -> None:
    jwks.key_for("k-1")
    server.close()
    watch.seconds += REFRESH_SECONDS
    with pytest.raises(UnknownKeyError):
        jwks.key_for("k-2")
    assert jwks.key_for("k-1").key_id == "k-1"


NO_KEYS: dict[str, tuple[int, bytes]] = {
    "an error": (500, b"{}"),
    "nothing": (200, b""),
    "no JSON": (200, b"<html>"),
    "no keys": (200, b'{"keys": []}'),
    "something else": (200, b"{}"),
    "keys of another kind": (200, b'{"keys": [{"kty": "tin", "kid": "k-1"}]}'),
    "keys without a kid": (200, b'{"keys": [{"kty": "oct", "k": "AAAA", "alg": "HS256"}]}'),
}


@pytest.mark.parametrize(("status", "body"), NO_KEYS.values(), ids=NO_KEYS)
def test_without_any_key_nobody_can_tell(jwks: Jwks, server: TinyServer, status: int, body: bytes) -> None:
    server.status, server.body = status, body
    with pytest.raises(KeysUnavailableError):
        jwks.key_for("k-1")


def test_without_any_key_auth_is_asked_again_soon(jwks: Jwks, server: TinyServer, watch: Watch) -> None:
    server.status = 503
    for _ in range(5):
        with pytest.raises(KeysUnavailableError):
            jwks.key_for("k-1")
    assert len(server.asked) == 1
    server.status = 200
    watch.seconds += FIRST_FETCH_SECONDS
    assert jwks.key_for("k-1").key_id == "k-1"


def test_auth_is_asked_without_a_detour(jwks: Jwks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert jwks.key_for("k-1").key_id == "k-1"


def test_a_redirect_is_not_followed(jwks: Jwks, server: TinyServer) -> None:
    server.status = 302
    server.headers["Location"] = f"{server.url}/elsewhere"
    server.body = b""
    with pytest.raises(KeysUnavailableError):
        jwks.key_for("k-1")
    assert server.asked == ["GET /jwks.json"]
