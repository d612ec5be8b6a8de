"""More than one replica of a service, behind a gateway of their own."""

import dataclasses
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.native import Process, Stack
from tools.native.ports import PrivatePorts
from tools.native.readiness import answers_http


def port_of(process: Process) -> int:
    """Return where a web process listens."""
    command = list(process.program.command)
    return int(command[command.index("--bind") + 1].rpartition(":")[2])


@contextmanager
def replica(stack: Stack, service: str, ports: PrivatePorts, folder: Path) -> Iterator[Process]:
    """Run one more replica of *service* for as long as the block lasts."""
    original = stack.process(service)
    port = ports.take()
    command = [part.replace(str(port_of(original)), str(port)) for part in original.program.command]
    command[command.index("--graceful-timeout") + 1] = "20"  # as in containers
    program = dataclasses.replace(
        original.program,
        name=f"{service}-{port}",
        command=command,
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


@contextmanager
def _running(process: Process) -> Iterator[Process]:
    process.start()
    try:
        process.wait_ready()
        yield process
    finally:
        process.stop()
