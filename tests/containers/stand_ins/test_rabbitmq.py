"""How a container of RabbitMQ is configured, and what it keeps."""

from collections.abc import Callable
from pathlib import Path

import requests

from tests.containers.stand_ins.container import (
    HARDENED,
    RABBITMQ,
    START_SECONDS,
    address_of,
    ask,
    inside,
    stop,
    succeeds,
    write,
)
from tests.docker import logs_of
from tests.people import eventually

AS_RABBITMQ = ("--user=999:999", "--hostname=broker", *HARDENED)


def wait_ready(name: str) -> None:
    # Its plugins too, which start after the broker itself.
    booted = ("rabbitmqctl", "await_startup", "--timeout=10")
    assert eventually(lambda: succeeds(name, *booted), seconds=START_SECONDS), logs_of(name)


def test_keeps_its_data_and_offers_management_and_metrics(volume: str, start: Callable[..., str]) -> None:
    user = (
        "--env=RABBITMQ_DEFAULT_USER=ann",
        "--env=RABBITMQ_DEFAULT_PASS=secret",
        "--env=RABBITMQ_DEFAULT_VHOST=chat",
    )
    published = ("--publish=127.0.0.1::15672", "--publish=127.0.0.1::15692")
    options = (*AS_RABBITMQ, *user, *published, f"--volume={volume}:/var/lib/rabbitmq")
    for method in ("PUT", "GET"):
        name = start(RABBITMQ, *options)
        wait_ready(name)
        queue = f"{address_of(name, 15672)}/api/queues/chat/kept"
        assert requests.request(method, queue, auth=("ann", "secret"), json={"durable": True}, timeout=10).ok
        assert "rabbitmq_identity_info" in requests.get(f"{address_of(name, 15692)}/metrics", timeout=10).text
        assert stop(name) == 0


def test_reads_conf_d_and_definitions(start: Callable[..., str], tmp_path: Path) -> None:
    definitions = """{"users": [{"name": "ann", "password": "secret", "tags": []}], "vhosts": [{"name": "chat"}]}"""
    write(tmp_path / "definitions.json", definitions)
    write(tmp_path / "90.conf", "load_definitions = /definitions.json\n")
    conf = f"--volume={tmp_path}/90.conf:/etc/rabbitmq/conf.d/90.conf:ro"
    name = start(RABBITMQ, *AS_RABBITMQ, conf, f"--volume={tmp_path}/definitions.json:/definitions.json:ro")
    wait_ready(name)
    assert inside(name, "rabbitmqctl", "--quiet", "--no-table-headers", "list_users").split("\t")[0] == "ann"
    assert "Server startup complete" in logs_of(name)


def test_refuses_settings_that_it_would_pass_over(start: Callable[..., str]) -> None:
    name = start(RABBITMQ, "--env=RABBITMQ_DEFAULT_PASS_FILE=/password")
    assert ask("wait", name) == "1"
    assert "RABBITMQ_DEFAULT_PASS_FILE" in logs_of(name)
