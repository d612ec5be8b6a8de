"""The manifests of every cluster that they are made for."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.kustomize import K8S, Document, build, build_together
from tests.workloads import Workload, workloads

BESIDE_FLACK = ("network-policies", "autoscaling", "monitoring", "gateway-api")
# By name, what is built, and which components it is built with.
CLUSTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "local": ("overlays/local", ()),
    "local with all beside": ("overlays/local", BESIDE_FLACK),
    "production": ("overlays/production", ()),
    "stores elsewhere": ("base", (*BESIDE_FLACK, "external-stores")),
}
BUILT: dict[str, list[Document]] = {}


def built(cluster: str) -> list[Document]:
    """Return the documents of one of `CLUSTERS`; building takes a moment each time."""
    if cluster not in BUILT:
        resource, components = CLUSTERS[cluster]
        BUILT[cluster] = build_together(resource, components) if components else build(K8S / resource)
    return BUILT[cluster]


@pytest.fixture(params=CLUSTERS)
def documents(request: pytest.FixtureRequest) -> list[Document]:
    """All that one cluster is told."""
    return built(request.param)


@pytest.fixture
def pods(documents: Sequence[Document]) -> list[Workload]:
    """What of it becomes pods."""
    return workloads(documents)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Production's folder in a copy of all manifests, to be changed."""
    shutil.copytree(K8S, tmp_path / "k8s")
    return tmp_path / "k8s" / "overlays" / "production"
