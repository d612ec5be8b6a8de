"""What k8s/README.md has people do on a laptop, done."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import yaml

from tests.kustomize import K8S, KUBECTL, Document

README = K8S / "README.md"
BLOCK_SECONDS = 120


def blocks() -> list[str]:
    """Return what is to be pasted into a terminal, in its order."""
    section = README.read_text(encoding="utf-8").partition("\n## On a laptop\n")[2].partition("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


def block(beginning: str) -> str:
    """Return the one that begins so."""
    [found] = [each for each in blocks() if each.startswith(beginning)]
    return found


def paste(commands: str, folder: Path, **environment: str) -> str:
    """Run *commands* in *folder*, and return what it prints.

    Raises:
        AssertionError: It failed; the message has the output.
    """
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=BLOCK_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{commands}\n{done.stdout}{done.stderr}"
    return done.stdout


class Laptop:
    """A folder with the manifests, and a cluster that only keeps what it is told.

    Args:
        folder: An empty one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cluster = folder / "cluster.yaml"
        folder.mkdir(exist_ok=True)
        shutil.copytree(K8S, folder / "k8s")
        shutil.copytree(K8S.parent / "backing", folder / "backing")
        programs = folder / "programs"
        programs.mkdir()
        (programs / "kubectl").symlink_to(Path(__file__).with_name("kubectl"))
        self._environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "KUBECTL": str(KUBECTL),
            "CLUSTER": str(self._cluster),
        }

    def paste(self, commands: str) -> None:
        """Run *commands* here."""
        paste(commands, self._folder, **self._environment)

    def told(self) -> list[Document]:
        """Return what the cluster has been told since the last time."""
        documents = [document for document in yaml.safe_load_all(self._cluster.read_text()) if document]
        self._cluster.unlink()
        return documents


def applied(folder: Path) -> list[Document]:
    """Follow the instructions in *folder*, an empty one, and return all that a cluster has been told by then."""
    laptop = Laptop(folder)
    # What is built is built by now.
    laptop.paste(block("docker compose build").partition("\n")[2])
    laptop.paste(block("mkdir -p .flack/k8s"))
    laptop.paste(block("kubectl apply --kustomize"))
    return laptop.told()
