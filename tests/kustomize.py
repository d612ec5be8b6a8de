"""Kubernetes manifests, as `kubectl kustomize` builds them."""

import os
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import yaml

ROOT = Path(__file__).parents[1]
K8S = ROOT / "k8s"
KUBECTL = Path(sysconfig.get_path("scripts")) / "kubectl"
BUILD_SECONDS = 30

Document: TypeAlias = dict[str, Any]
Labels: TypeAlias = Mapping[str, str]


class KustomizeError(RuntimeError):
    """A kustomization cannot be built; the message says why."""


def build(folder: Path) -> list[Document]:
    """Return the documents of the kustomization in *folder*.

    Raises:
        KustomizeError: It cannot be built.
    """
    done = subprocess.run(
        [KUBECTL, "kustomize", folder], capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
    )
    if done.returncode:
        raise KustomizeError(done.stderr)
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def build_together(resource: str, components: Iterable[str]) -> list[Document]:
    """Return the documents of *resource*, a folder in `k8s`, with *components* added.

    Raises:
        KustomizeError: They do not go together.
    """
    with tempfile.TemporaryDirectory() as folder:
        # Where Kustomize stands matters to it, links and all: it takes no absolute paths.
        here = Path(folder).resolve()
        kustomization = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "namespace": "flack",
            "resources": [os.path.relpath(K8S / resource, here)],
            "components": [os.path.relpath(K8S / "components" / name, here) for name in components],
        }
        (here / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
        return build(here)


def of_kind(documents: Iterable[Document], *kinds: str) -> list[Document]:
    """Return those of *documents* that are of one of *kinds*."""
    return [each for each in documents if each["kind"] in kinds]


def is_kubernetes_own(document: Document) -> bool:
    """Whether no operator is needed for *document*; a group of Kubernetes' own has no dot, or its domain."""
    group = document["apiVersion"].rpartition("/")[0]
    return "." not in group or (group.endswith(".k8s.io") and not group.startswith("gateway."))


def name_of(document: Document) -> str:
    """Return what *document* is called."""
    return str(document["metadata"]["name"])


def selects(selector: Mapping[str, Any], labels: Labels) -> bool:
    """Whether a label selector means what has *labels*."""
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        _is_met(each, labels) for each in selector.get("matchExpressions", ())
    )


def _is_met(expression: Mapping[str, Any], labels: Labels) -> bool:
    is_one = labels.get(expression["key"]) in expression["values"]
    return is_one if expression["operator"] == "In" else not is_one


def all_strings(value: Any) -> Iterator[str]:
    """Yield every string in *value*, keys aside."""
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from all_strings(each)
        case list():
            for each in value:
                yield from all_strings(each)
