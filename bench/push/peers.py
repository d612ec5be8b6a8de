"""What push is measured beside."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeAlias

from bench.push.compiled import FOLDER, compiled
from bench.push.cores import pinned
from bench.push.errors import BenchmarkError
from bench.push.fed import Broker, fed
from bench.push.message import write_event
from bench.push.server import Start, Told
from tools.native.environment import child_environment
from tools.native.errors import CommandFailedError
from tools.native.fleet import Fleet
from tools.native.home import Home
from tools.native.npm import node_modules
from tools.native.ports import PrivatePorts
from tools.native.process import Process, Program
from tools.native.programs import find
from tools.native.readiness import accepts_connections
from tools.native.services import ROOT

FED = "node-fed"
NAMES = ("python-socketio", "node", FED, "limit")
HOME = ROOT / ".flack" / "bench-push-peers"
NODE_SOURCE = Path(__file__).parent / "node"
WORKER_CONNECTIONS = 4000

Command: TypeAlias = Callable[[int, Path], Sequence[str]]


@contextmanager
def peers(core: int, broker: Broker | None = None) -> Iterator[dict[str, Start]]:
    """Have ready what starts each of them, by name; `FED` only where there is a *broker*."""
    fleet = Fleet(Home(HOME))
    fleet.claim(fresh=True)
    try:
        fleet.home.logs.mkdir()
        node = _node()
        commands: dict[str, Command] = {"python-socketio": _python_socketio, "node": node, "limit": _limit()}
        starts: dict[str, Start] = {
            name: partial(_running, name, command, fleet.home, core) for name, command in commands.items()
        }
        if broker:
            node_fed = partial(_running, FED, node, fleet.home, core, AMQP_URL=broker.url)
            starts[FED] = partial(fed, node_fed, broker.publisher)
        yield starts
    finally:
        fleet.stop()


@contextmanager
def _running(name: str, command: Command, home: Home, core: int, paragraphs: int, **variables: str) -> Iterator[Told]:
    port = PrivatePorts().take()
    event = home.path / f"event-{paragraphs}.txt"
    write_event(event, paragraphs=paragraphs)
    program = Program(
        name=name,
        command=command(port, event),
        folder=ROOT,
        environment=child_environment(home.path, PARAGRAPHS=str(paragraphs), **variables),
        is_ready=accepts_connections(port),
    )
    process = Process(program, log_path=home.logs / f"{name}.log")
    try:
        with pinned(core):
            process.start()
        process.wait_ready()
        assert process.pid
        yield Told(port=port, pid=process.pid)
    finally:
        process.stop()


def _python_socketio(port: int, _event: Path) -> list[str]:
    options = ["--worker-class", "gevent", "--worker-connections", str(WORKER_CONNECTIONS), "--no-control-socket"]
    bind = ["--bind", f"127.0.0.1:{port}"]
    return [sys.executable, "-m", "gunicorn", *options, *bind, "bench.push.python_socketio:app"]


def _node() -> Command:
    node = find("node")
    if node is None:
        raise BenchmarkError("Node is missing: please install node and npm.")
    try:
        modules = node_modules(NODE_SOURCE, FOLDER / "npm")
    except CommandFailedError as error:
        raise BenchmarkError(f"Node's socket.io cannot be installed: {error}") from error
    # Beside its modules, where Node looks for them.
    script = modules.parent / "server.js"
    script.write_bytes((NODE_SOURCE / "server.js").read_bytes())
    return lambda port, event: [str(node), str(script), str(port), str(event)]


def _limit() -> Command:
    program = str(compiled("limit"))
    return lambda port, event: [program, str(port), str(event)]
