"""Auth's keys are looked up again and again, and never because of what somebody sends."""

import threading
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from chassis import jwks as module
from chassis.jwks import MAX_KEYS, Jwks, KeysUnavailableError, UnknownKeyError
from tests.people import eventually
from tests.unit.chassis.conftest import TinyServer


def jwk(kid: str) -> dict[str, Any]:
    public = OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate().public_key(), as_dict=True)
    return {**public, "kid": kid, "alg": "EdDSA", "use": "sig"}


def knows(jwks: Jwks, kid: str) -> bool:
    try:
        return bool(jwks.key_for(kid))
    except UnknownKeyError:
        return False


@pytest.fixture
def jwks(server: TinyServer) -> Jwks:
    server.says({"keys": [jwk("k-1")]})
    return Jwks(f"{server.url}/jwks.json")


def test_before_the_first_look_nobody_can_tell(jwks: Jwks, server: TinyServer) -> None:
    assert not jwks.is_known()
    with pytest.raises(KeysUnavailableError):
        jwks.key_for("k-1")
    assert server.asked == []


def test_a_key_is_found_by_its_kid(jwks: Jwks) -> None:
    jwks.refresh()
    assert jwks.is_known()
    assert jwks.key_for("k-1").key_id == "k-1"


def test_a_flood_of_unknown_kids_costs_no_question(jwks: Jwks, server: TinyServer) -> None:
    jwks.refresh()
    for number in range(100):
        with pytest.raises(UnknownKeyError):
            jwks.key_for(f"unknown {number}")
    assert server.asked == ["GET /jwks.json"]


def test_a_new_key_is_found_and_a_withdrawn_one_forgotten_with_the_next_look(jwks: Jwks, server: TinyServer) -> None:
    jwks.refresh()
    server.says({"keys": [jwk("k-2")]})
    jwks.refresh()
    assert jwks.key_for("k-2").key_id == "k-2"
    with pytest.raises(UnknownKeyError):
        jwks.key_for("k-1")


def test_known_keys_outlive_auth(jwks: Jwks, server: TinyServer) -> None:
    jwks.refresh()
    server.close()
    for _ in range(3):
        assert not jwks.refresh(), "so that it is asked again soon"
    assert jwks.key_for("k-1").key_id == "k-1"


def test_more_keys_than_there_can_be_are_not_kept(jwks: Jwks, server: TinyServer) -> None:
    server.says({"keys": [jwk(f"k-{number}") for number in range(MAX_KEYS + 1)]})
    jwks.refresh()
    assert jwks.key_for(f"k-{MAX_KEYS - 1}")
    with pytest.raises(UnknownKeyError):
        jwks.key_for(f"k-{MAX_KEYS}")


NO_KEYS: dict[str, tuple[int, bytes]] = {
    "an error": (500, b"{}"),
    "nothing": (200, b""),
    "no JSON": (200, b"<html>"),
    "no keys": (200, b'{"keys": []}'),
    "something else": (200, b"{}"),
    "an array": (200, b"[]"),
    "keys of another kind": (200, b'{"keys": [{"kty": "tin", "kid": "k-1"}]}'),
    "keys without a kid": (200, b'{"keys": [{"kty": "oct", "k": "AAAA", "alg": "HS256"}]}'),
}


@pytest.mark.parametrize(("status", "body"), NO_KEYS.values(), ids=NO_KEYS)
def test_what_is_no_key_set_is_not_taken_for_one(jwks: Jwks, server: TinyServer, status: int, body: bytes) -> None:
    server.status, server.body = status, body
    jwks.refresh()
    with pytest.raises(KeysUnavailableError):
        jwks.key_for("k-1")


def test_auth_is_asked_again_and_again(jwks: Jwks, server: TinyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(module, "REFRESH_SECONDS", 0.01)
    server.status = 503
    stopping = threading.Event()
    looking = threading.Thread(target=jwks.run, args=(stopping,))
    looking.start()
    assert eventually(lambda: len(server.asked) > 1)
    assert not jwks.is_known()
    server.status = 200
    assert eventually(jwks.is_known)
    server.says({"keys": [jwk("k-1"), jwk("k-2")]})
    assert eventually(lambda: knows(jwks, "k-2"))
    stopping.set()
    looking.join()


def test_auth_is_asked_without_a_detour(jwks: Jwks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    jwks.refresh()
    assert jwks.key_for("k-1").key_id == "k-1"


def test_a_redirect_is_not_followed(jwks: Jwks, server: TinyServer) -> None:
    server.status = 302
    server.headers["Location"] = f"{server.url}/elsewhere"
    server.body = b""
    jwks.refresh()
    assert not jwks.is_known()
    assert server.asked == ["GET /jwks.json"]
