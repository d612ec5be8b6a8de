"""More than one replica of a service, behind a gateway of their own."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from tools.native import Process, Stack
from tools.native.ports import PrivatePorts
from tools.native.readiness import answers_http


def port_of(process: Process) -> int:
    """Return where a web process listens."""
    command = list(process.program.command)
    return int(command[command.index("--bind") + 1].rpartition(":")[2])


NOTHING: Mapping[str, str] = MappingProxyType({})


@contextmanager
def replica(
    stack: Stack, service: str, ports: PrivatePorts, folder: Path, *, environment: Mapping[str, str] = NOTHING
) -> Iterator[Process]:
    """Run one more replica of *service* for as long as the block lasts.

    Args:
        environment: What it is told otherwise than the one of the stack.
    """
    original = stack.process(service)
    port, internal_port = ports.take(), ports.take()
    told = {**original.program.environment, **environment}
    changes = {str(port_of(original)): str(port)}
    if "INTERNAL_PORT" in told:
        changes[told["INTERNAL_PORT"]] = str(internal_port)
        told["INTERNAL_PORT"] = str(internal_port)
    command = [_replaced(part, changes) for part in original.program.command]
    command[command.index("--graceful-timeout") + 1] = "20"  # as in containers
    program = dataclasses.replace(
        original.program,
        name=f"{service}-{port}",
        command=command,
        environment=told,
        is_ready=answers_http(port, "/readyz"),
        stop_seconds=30.0,
    )
    with _running(Process(program, log_path=folder / f"{program.name}.log")) as process:
        yield process


@contextmanager
def gateway(
    stack: Stack, service: str, replicas: list[Process], ports: PrivatePorts, folder: Path, *, choose: str = ""
) -> Iterator[str]:
    """Run a gateway that knows *replicas* of *service*, and nothing of the one that the stack has.

    Args:
        choose: How nginx chooses one of them; in turn, unless it says otherwise.

    Yields:
        Its address.
    """
    original = stack.process("gateway").program
    port = ports.take()
    servers = [f"server 127.0.0.1:{port_of(replica)} max_fails=0;" for replica in replicas]
    configuration = (original.folder / "nginx.conf").read_text()
    [status_address] = re.findall(r"listen (\S+);", configuration)
    changes = {
        f"server 127.0.0.1:{port_of(stack.process(service))};": " ".join([choose, *servers]),
        stack.base_url.removeprefix("http://"): f"127.0.0.1:{port}",
        str(original.folder): str(folder),
        status_address: f"127.0.0.1:{ports.take()}",
    }
    for old, new in changes.items():
        assert old in configuration
        configuration = configuration.replace(old, new)
    (folder / "nginx.conf").write_text(configuration)
    program = dataclasses.replace(
        original,
        command=[part.replace(str(original.folder), str(folder)) for part in original.command],
        folder=folder,
        is_ready=answers_http(port, "/livez"),
    )
    with _running(Process(program, log_path=folder / "gateway.log")):
        yield f"http://127.0.0.1:{port}"


def _replaced(text: str, changes: Mapping[str, str]) -> str:
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


@contextmanager
def _running(process: Process) -> Iterator[Process]:
    process.start()
    try:
        process.wait_ready()
        yield process
    finally:
        process.stop()
