import base64
import hashlib
import json
import re

import pytest

from vault.definitions import PERMISSIONS, TEST_USER, definitions, password_hash


def test_a_password_is_stored_salted_and_hashed() -> None:
    stored = base64.b64decode(password_hash("secret", b"salt"))
    assert stored == b"salt" + hashlib.sha256(b"saltsecret").digest()


def test_there_are_no_users_but_those_asked_for() -> None:
    imported = json.loads(definitions({"auth": "a"}))
    assert [user["name"] for user in imported["users"]] == ["auth"]
    assert "a" not in (imported["users"][0]["password_hash"], imported["users"][0].get("password"))


def test_a_user_without_permissions_of_its_own_is_refused() -> None:
    with pytest.raises(KeyError):
        definitions({"stranger": "s"})


def test_the_user_of_tests_may_do_everything() -> None:
    (permission,) = json.loads(definitions({TEST_USER: "t"}))["permissions"]
    assert {permission[what] for what in ("configure", "write", "read")} == {".*"}


@pytest.mark.parametrize("service", ["messages", "renderer", "push"])
def test_a_service_reaches_its_own_queues_and_no_other_service_s(service: str) -> None:
    for pattern in PERMISSIONS[service]:
        assert re.search(pattern, f"{service}.events")
        assert re.search(pattern, "chat.events")
        assert not re.search(pattern, "else.events")


def test_auth_can_publish_and_read_nothing() -> None:
    _configure, write, read = PERMISSIONS["auth"]
    assert re.search(write, "chat.events")
    assert not re.search(write, "chat.commands")
    assert not re.search(read, "chat.events")
