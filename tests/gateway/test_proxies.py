"""Who a client is, is believed of proxies that are trusted, and of nobody else."""

from collections.abc import Callable

import pytest
import requests

from tests.gateway.conftest import Gateway
from tests.gateway.upstream import Upstream

SECONDS = 10


def told(gateway: Gateway, upstream: Upstream, claimed: str) -> str:
    requests.get(f"{gateway.url}/api/v1/users/me", headers={"X-Forwarded-For": claimed}, timeout=SECONDS)
    return upstream.client


def test_nobody_is_believed_by_default(gateway: Gateway, upstream: Upstream) -> None:
    assert told(gateway, upstream, "203.0.113.7") == "127.0.0.1"


@pytest.mark.parametrize(
    ("claimed", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, 127.0.0.1", "203.0.113.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("nonsense", "127.0.0.1"),
    ],
)
def test_a_trusted_proxy_is(run_gateway: Callable[..., Gateway], upstream: Upstream, claimed: str, client: str) -> None:
    gateway = run_gateway(RATE_LIMITS_ENABLED="false", TRUSTED_PROXIES="127.0.0.0/8")
    assert told(gateway, upstream, claimed) == client
