"""The operators would take what they are told, as far as their schemas can be had."""

import copy
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import HOMES
from tests.kustomize import K8S, Document, is_kubernetes_own, of_kind
from tests.manifests.conftest import built
from tools.native.npm import node_modules
from tools.native.programs import find

OPERATORS = Path(__file__).parent / "operators"
CHECK_SECONDS = 120
# What the runbook applies beside production itself.
BESIDE = ("backup.yaml", "cluster/gateway-class.yaml", "cluster/issuer.yaml")
# Nobody publishes these as a package: those of RabbitMQ, of CloudNativePG's plugin for backups, Envoy, cert-manager.
WITHOUT_SCHEMA = {"RabbitmqCluster", "ObjectStore", "EnvoyProxy", "ClusterIssuer"}


@pytest.fixture(scope="module")
def modules() -> Path:
    """The operators' types."""
    return node_modules(OPERATORS, HOMES / "operators")


@pytest.fixture(scope="module")
def resources() -> list[Document]:
    """All that production tells its operators."""
    folder = K8S / "overlays" / "production"
    beside = [each for name in BESIDE for each in yaml.safe_load_all((folder / name).read_text(encoding="utf-8"))]
    told = [each for each in (*built("production"), *beside) if not is_kubernetes_own(each)]
    # A backup by hand gets its name from the cluster.
    named = [{**each, "metadata": {"name": "any", **each["metadata"]}} for each in told]
    return [each for each in named if each["kind"] not in WITHOUT_SCHEMA]


def complaints(resources: Sequence[Document], modules: Path) -> list[str]:
    node = find("node")
    assert node is not None, "node is missing"
    done = subprocess.run(
        [node, OPERATORS / "check.mjs", modules],
        input=json.dumps(resources),
        capture_output=True,
        text=True,
        timeout=CHECK_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


def test_every_field_is_known_and_right(resources: Sequence[Document], modules: Path) -> None:
    kinds = {each["kind"] for each in resources}
    assert kinds >= {
        "Cluster",
        "Database",
        "ScheduledBackup",
        "ScaledObject",
        "PodMonitor",
        "PrometheusRule",
        "Backup",
        "GatewayClass",
    }
    assert complaints(resources, modules) == []


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("ScaledObject", "maxReplicas", 3),
        ("Cluster", "instances", 0),
        ("PodMonitor", "selector", None),
        ("HTTPRoute", "hostnames", ["no host"]),
    ],
)
def test_a_field_that_is_wrong_would_be_told(
    resources: Sequence[Document], modules: Path, kind: str, field: str, value: Any
) -> None:
    broken = copy.deepcopy(of_kind(resources, kind)[0])
    broken["spec"][field] = value
    assert complaints([broken], modules) != []
