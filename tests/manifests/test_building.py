"""Whatever is put together, Kustomize builds it, and it is what it says."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain, combinations

import pytest

from tests.kustomize import Document, build_together
from tests.manifests.conftest import BESIDE_FLACK

SUBSETS = list(chain.from_iterable(combinations(BESIDE_FLACK, count) for count in range(len(BESIDE_FLACK) + 1)))


@pytest.mark.parametrize("beside", SUBSETS, ids=lambda names: " ".join(names) or "nothing")
@pytest.mark.parametrize("stores", ["stores", "external-stores", "local"])
def test_components_go_together_in_every_way(stores: str, beside: tuple[str, ...]) -> None:
    resource, components = ("overlays/local", beside) if stores == "local" else ("base", (stores, *beside))
    kinds = {document["kind"] for document in build_together(resource, components)}
    assert kinds >= {"Deployment", "Service", "Job", "ConfigMap", "PodDisruptionBudget"}
    assert ("HTTPRoute" in kinds) == ("gateway-api" in beside)
    assert ("ScaledObject" in kinds) == ("autoscaling" in beside)


def test_nothing_is_there_twice(documents: Sequence[Document]) -> None:
    names = Counter((each["kind"], each["metadata"]["name"]) for each in documents)
    assert [name for name, count in names.items() if count > 1] == []


def test_all_of_it_is_in_one_namespace(documents: Sequence[Document]) -> None:
    elsewhere = [each for each in documents if each["metadata"].get("namespace") != "flack"]
    assert [(each["kind"], each["metadata"]["name"]) for each in elsewhere] == [("Namespace", "flack")]
