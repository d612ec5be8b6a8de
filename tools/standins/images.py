"""The images, by their official names."""

import json
import time
from collections.abc import Mapping
from pathlib import Path

from tools.native.say import say
from tools.standins.base import NAME as BASE
from tools.standins.base import base_definition, build_base
from tools.standins.commands import answer_of, run
from tools.standins.definitions import LABEL, Decision, decide, definition_of
from tools.standins.errors import CommandFailedError

FOLDERS = Path(__file__).with_name("images")
NAMES: Mapping[str, str] = {
    "python:3.14-slim": "python",
    "node:24-slim": "node",
    "nginx:1.30": "nginx",
    "postgres:18": "postgres",
    "rabbitmq:4.3-management": "rabbitmq",
}
BUILD_SECONDS = 600.0
ATTEMPTS = 2


def provide_images() -> None:
    """Build what is missing or out of date; an image of one of the names that is no stand-in is never touched.

    Raises:
        StandInError: One could not be built.
    """
    base = base_definition()
    for name, folder in NAMES.items():
        definition = definition_of(FOLDERS / folder, base=base)
        labels = labels_of(name)
        match decide(labels, definition):
            case Decision.KEEP:
                say(f"{name} is there.")
            case Decision.LEAVE_ALONE:
                say(f"{name} is there, and is no stand-in: it is left alone.")
            case Decision.BUILD:
                _provide_base(base)
                _build(name, FOLDERS / folder, definition)
                _forget(labels)


def labels_of(name: str) -> dict[str, str] | None:
    """Return the labels of the image called *name*, or None if there is none.

    Raises:
        CommandFailedError: The engine does not say.
    """
    # Not by a failed inspection: a name must never look free because the engine was slow.
    ids = _asked("image", "ls", "--quiet", "--no-trunc", f"--filter=reference={name}")
    if not ids:
        return None
    labels: dict[str, str] | None = json.loads(_asked("image", "inspect", "--format={{json .Config.Labels}}", name))
    return labels or {}


def _asked(*words: str) -> str:
    answer = answer_of("docker", *words)
    if answer is None:
        raise CommandFailedError(f"docker {' '.join(words)} failed.")
    return answer


def _provide_base(definition: str) -> None:
    # Its name is our own, so whatever has it is replaced.
    labels = labels_of(BASE) or {}
    if labels.get(LABEL) != definition:
        build_base(definition)
        _forget(labels)


def _forget(labels: Mapping[str, str] | None) -> None:
    """Remove the stand-in that *labels* belonged to, unless it has another name or a container uses it."""
    if labels and LABEL in labels:
        _asked("image", "prune", "--force", f"--filter=label={LABEL}={labels[LABEL]}")


def _build(name: str, folder: Path, definition: str) -> None:
    say(f"Building {name} ...")
    began_at = time.monotonic()
    labels = (f"--label={LABEL}={definition}", f"--label=org.opencontainers.image.title=Stand-in for {name}")
    run(
        *("docker", "build", *labels, f"--build-arg=BASE={BASE}", f"--tag={name}", folder),
        seconds=BUILD_SECONDS,
        attempts=ATTEMPTS,
        environment={"DOCKER_BUILDKIT": "1"},
    )
    say(f"{name} is built, in {time.monotonic() - began_at:.0f} s.")
