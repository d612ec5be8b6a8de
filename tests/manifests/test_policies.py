"""Who may speak with whom, where the network minds policies."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from renderer.addresses import GLOBAL_UNICAST, NOT_PUBLIC_V4, NOT_PUBLIC_V6
from tests.kustomize import Document, Labels, name_of, of_kind, selects
from tests.manifests.asking import asked_by
from tests.manifests.conftest import built
from tests.workloads import Workload, pods_of, workloads

# The only pods that go to strangers.
PREVIEW = "renderer-preview"
# Whose addresses differ from one provider to the next: stores elsewhere, the cluster's API and the bucket of backups.
TO_ADDRESSES = {"external-postgres", "external-rabbitmq"}
TO_ANY_ADDRESS = {"postgres-cluster"}
OUR_NAMESPACE = {"kubernetes.io/metadata.name": "flack"}


@pytest.fixture
def policies(documents: Sequence[Document]) -> list[Document]:
    """All of a cluster."""
    return of_kind(documents, "NetworkPolicy")


def peers_in(policy: Document) -> list[dict[str, Any]]:
    rules = [rule for way in ("ingress", "egress") for rule in policy["spec"].get(way, [])]
    return [peer for rule in rules for peer in [*rule.get("from", []), *rule.get("to", [])]]


def test_policies_are_about_pods_that_there_are(
    documents: Sequence[Document], pods: Sequence[Workload], policies: Sequence[Document]
) -> None:
    labels = [*(workload.labels for workload in pods), *labels_of_others(documents)]
    for policy in policies:
        ours = [peer for peer in peers_in(policy) if "podSelector" in peer and "namespaceSelector" not in peer]
        for selector in [policy["spec"]["podSelector"], *(peer["podSelector"] for peer in ours)]:
            assert any(selects(selector, each) for each in labels), name_of(policy)


def labels_of_others(documents: Sequence[Document]) -> Iterator[Labels]:
    """Yield the labels of pods that operators make of what they are told, and of stores that are elsewhere."""
    for each in of_kind(documents, "Cluster"):
        yield {"cnpg.io/cluster": name_of(each), **each["spec"]["inheritedMetadata"]["labels"]}
    for each in of_kind(documents, "RabbitmqCluster"):
        yield each["spec"]["override"]["statefulSet"]["spec"]["template"]["metadata"]["labels"]
    for each in of_kind(documents, "Service"):
        if each["spec"].get("type") == "ExternalName":
            yield {"flack/store": name_of(each)}
    if of_kind(documents, "Gateway"):
        yield {"acme.cert-manager.io/http01-solver": "true"}


def test_what_policies_open_is_listened_at(pods: Sequence[Workload], policies: Sequence[Document]) -> None:
    for policy in policies:
        spec = policy["spec"]
        meant = [each for each in pods if spec["podSelector"] and selects(spec["podSelector"], each.labels)]
        known = {port for workload in meant for each in workload.ports.items() for port in each}
        opened = {port["port"] for rule in spec.get("ingress", []) for port in rule.get("ports", [])}
        assert not meant or opened <= known, name_of(policy)


def test_without_a_word_nobody_speaks_with_anybody(policies: Sequence[Document]) -> None:
    everybody = [each["spec"] for each in policies if not each["spec"]["podSelector"]]
    assert not policies or {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} in everybody


def test_every_way_that_a_service_goes_is_open_at_both_ends() -> None:
    documents = built("local with all beside")
    policies = of_kind(documents, "NetworkPolicy")
    ways = list(ways_in(documents))
    assert len(ways) >= 20
    for asking, asked, port in ways:
        assert is_open(policies, "egress", asking, asked, port), f"{asking} to {asked}"
        assert is_open(policies, "ingress", asked, asking, port), f"{asked} from {asking}"


def test_no_other_way_is_open_among_us() -> None:
    documents = built("local with all beside")
    policies = of_kind(documents, "NetworkPolicy")
    wanted = {(asking.name, asked.name, port) for asking, asked, port in ways_in(documents)}
    pods = workloads(documents)
    possible = {
        (one.name, other.name, port)
        for one in pods
        for other in pods
        for port in other.ports.values()
        if is_open(policies, "egress", one, other, port) and is_open(policies, "ingress", other, one, port)
    }
    assert possible == wanted


def ways_in(documents: Sequence[Document]) -> Iterator[tuple[Workload, Workload, int]]:
    """Yield who asks whom, at which port of the pod."""
    pods = workloads(documents)
    services = {name_of(each): each for each in of_kind(documents, "Service")}
    for asking in pods:
        for container in asking.containers:
            for host, port in asked_by(container, documents):
                [asked] = pods_of(services[host], pods)
                [target] = [each["targetPort"] for each in services[host]["spec"]["ports"] if each["port"] == port]
                yield asking, asked, asked.ports[target]


def is_open(policies: Sequence[Document], way: str, of: Workload, peer: Workload, port: int) -> bool:
    side, asked = ("to", peer) if way == "egress" else ("from", of)
    rules = [
        rule
        for policy in policies
        if selects(policy["spec"]["podSelector"], of.labels)
        for rule in policy["spec"].get(way, [])
    ]
    return any(
        (side not in rule or any(is_meant(each, peer) for each in rule[side]))
        and ("ports" not in rule or any(is_among(port, each, asked) for each in rule["ports"]))
        for rule in rules
    )


def is_meant(peer: dict[str, Any], workload: Workload) -> bool:
    is_here = "ipBlock" not in peer and selects(peer.get("namespaceSelector", {}), OUR_NAMESPACE)
    return is_here and selects(peer.get("podSelector", {}), workload.labels)


def is_among(port: int, opened: dict[str, Any], asked: Workload) -> bool:
    first = asked.ports.get(opened["port"], opened["port"])
    return bool(isinstance(first, int) and first <= port <= opened.get("endPort", first))


def test_only_previews_reach_the_internet(policies: Sequence[Document]) -> None:
    leaving = [(name_of(each), rule) for each in policies for rule in each["spec"].get("egress", [])]
    anywhere = {name for name, rule in leaving if "to" not in rule}
    blocks = {name for name, rule in leaving for peer in rule.get("to", []) if "ipBlock" in peer}
    assert anywhere <= TO_ANY_ADDRESS
    assert blocks - TO_ADDRESSES == ({PREVIEW} if policies else set())


def test_what_previews_reach_is_what_the_renderer_calls_public() -> None:
    documents = built("local with all beside")
    [policy] = [each for each in of_kind(documents, "NetworkPolicy") if name_of(each) == PREVIEW]
    assert [each.name for each in workloads(documents) if selects(policy["spec"]["podSelector"], each.labels)] == [
        PREVIEW
    ]
    blocks = [peer["ipBlock"] for peer in peers_in(policy)]
    assert {block["cidr"]: set(block["except"]) for block in blocks} == {
        "0.0.0.0/0": set(map(str, NOT_PUBLIC_V4)),
        str(GLOBAL_UNICAST): set(map(str, NOT_PUBLIC_V6)),
    }
