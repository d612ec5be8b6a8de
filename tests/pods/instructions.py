"""What k8s/README.md has people do on a laptop, done."""

import os
import re
import subprocess
from pathlib import Path

import yaml

from tests.kustomize import K8S, KUBECTL, ROOT, Document

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


def paste(block: str, folder: Path, **environment: str) -> str:
    """Run *block* in *folder*, and return what it prints.

    Raises:
        AssertionError: It failed; the message has the output.
    """
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=BLOCK_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
    return done.stdout


def applied(folder: Path) -> list[Document]:
    """Follow the instructions in *folder*, an empty one, and return all that a cluster has been told by then."""
    (folder / "k8s").symlink_to(ROOT / "k8s")
    programs = folder / "programs"
    programs.mkdir()
    (programs / "kubectl").symlink_to(Path(__file__).with_name("kubectl"))
    cluster = folder / "cluster.yaml"
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "KUBECTL": str(KUBECTL),
        "CLUSTER": str(cluster),
    }
    # What is built is built by now.
    paste(block("docker compose build").partition("\n")[2], folder, **environment)
    paste(block("mkdir -p .flack/k8s"), folder, **environment)
    paste(block("kubectl apply --kustomize"), folder, **environment)
    return [document for document in yaml.safe_load_all(cluster.read_text()) if document]
