"""RabbitMQ's users and what each may do, as a file of definitions that it imports at every start."""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any

SALT_BYTES = 4

# By user, the names that it may configure, write to and read from: its own queues and what all share.
PERMISSIONS: dict[str, tuple[str, str, str]] = {
    "auth": (r"^chat\.(events|commands|dead-letters)$", r"^chat\.events$", r"^$"),
    **{name: (rf"^(chat\..*|{name}\..*)$",) * 3 for name in ("messages", "renderer", "push")},
}
TEST_USER = "test"
TEST_PERMISSION = (".*", ".*", ".*")


def definitions(passwords: Mapping[str, str]) -> str:
    """Return the definitions, as JSON, of one user for each of *passwords*."""
    return json.dumps(
        {
            "vhosts": [{"name": "/"}],
            "users": [_user(name, password) for name, password in passwords.items()],
            "permissions": [_permission(name) for name in passwords],
        },
        indent=1,
    )


def password_hash(password: str, salt: bytes) -> str:
    """Return how RabbitMQ stores *password*: base64 of the salt and the SHA-256 of salt and password."""
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _user(name: str, password: str) -> dict[str, Any]:
    return {
        "name": name,
        "password_hash": password_hash(password, os.urandom(SALT_BYTES)),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": [],
    }


def _permission(name: str) -> dict[str, str]:
    configure, write, read = (PERMISSIONS | {TEST_USER: TEST_PERMISSION})[name]
    return {"user": name, "vhost": "/", "configure": configure, "write": write, "read": read}
