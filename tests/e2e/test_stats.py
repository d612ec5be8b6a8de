"""How busy the whole system is, through the gateway."""

from contextlib import ExitStack
from typing import Any

import requests

from tests.people import Person, eventually, listening

SOCKETS = 3


def stats(base_url: str) -> dict[str, Any]:
    answer = requests.get(f"{base_url}/api/v1/stats", timeout=20)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_all_that_happens_is_counted(base_url: str, ann: Person) -> None:
    assert set(stats(base_url)) == {
        "requests_per_second",
        "messages_per_second",
        "connected_clients",
        "online_users",
    }
    before = stats(base_url)["connected_clients"]
    with ExitStack() as open_sockets:
        for _ in range(SOCKETS):
            open_sockets.enter_context(listening(base_url))
        open_sockets.enter_context(listening(base_url, token=ann.token))

        def is_counted() -> bool:
            # Anybody may read this; the gateway has most of the answers ready, and no service counts them.
            for _ in range(20):
                stats(base_url)
            ann.post("busy")
            now = stats(base_url)
            return bool(
                now["connected_clients"] > before
                and now["connected_clients"] >= SOCKETS + 1
                and now["online_users"] >= 1
                and now["messages_per_second"] > 0
                and now["requests_per_second"] > 10 * now["messages_per_second"]
            )

        assert eventually(is_counted)
