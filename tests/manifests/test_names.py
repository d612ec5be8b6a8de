"""Whatever a manifest calls by its name is there, under that name."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.web import base_app
from tests.kustomize import Document, name_of, of_kind, selects
from tests.manifests.asking import asked_by
from tests.workloads import PROBES, Workload, config_maps, pods_of, volumes_of
from tools.native.gateway import TEMPLATE
from vault.parts import DATABASE_HOST, REPLICA_HOST

SCALERS = ("HorizontalPodAutoscaler", "ScaledObject")


def named(documents: Sequence[Document], *kinds: str) -> set[str]:
    return {name_of(each) for each in of_kind(documents, *kinds)}


def test_a_workload_knows_its_own_pods(pods: Sequence[Workload]) -> None:
    for workload in pods:
        if workload.kind != "Job":
            assert selects(workload.document["spec"]["selector"], workload.labels), workload
        assert {"app.kubernetes.io/name", "app.kubernetes.io/part-of"} <= workload.labels.keys(), workload


def test_no_two_workloads_have_the_same_pods(pods: Sequence[Workload]) -> None:
    for workload in pods:
        if workload.kind != "Job":
            selector = workload.document["spec"]["selector"]
            assert [each for each in pods if selects(selector, each.labels)] == [workload]


def test_a_service_leads_to_one_kind_of_pod_and_a_port_that_it_has(
    documents: Sequence[Document], pods: Sequence[Workload]
) -> None:
    found = [each for each in of_kind(documents, "Service") if "selector" in each["spec"]]
    assert found
    for service in found:
        spec = service["spec"]
        [workload] = pods_of(service, pods)
        for port in spec["ports"]:
            assert port["targetPort"] in workload.ports, name_of(service)
            # Without an address of its own a name leads to pods, and so to their ports.
            if spec.get("clusterIP") == "None":
                assert port["port"] == workload.ports[port["targetPort"]], name_of(service)


def test_every_deployment_has_one_budget(documents: Sequence[Document], pods: Sequence[Workload]) -> None:
    budgets = of_kind(documents, "PodDisruptionBudget")
    for workload in pods:
        if workload.kind == "Deployment":
            meant = [each for each in budgets if selects(each["spec"]["selector"], workload.labels)]
            assert len(meant) == 1, workload


def test_either_a_manifest_says_how_many_pods_there_are_or_one_scaler_does(
    documents: Sequence[Document], pods: Sequence[Workload]
) -> None:
    targets = [each["spec"]["scaleTargetRef"]["name"] for each in of_kind(documents, *SCALERS)]
    fixed = [each.name for each in pods if each.kind == "Deployment" and "replicas" in each.document["spec"]]
    assert sorted([*targets, *fixed]) == sorted(each.name for each in pods if each.kind == "Deployment")


def test_service_accounts_are_there_and_used(documents: Sequence[Document], pods: Sequence[Workload]) -> None:
    assert {workload.pod["serviceAccountName"] for workload in pods} == named(documents, "ServiceAccount")


def test_what_is_mounted_is_there_and_what_is_there_is_mounted(pods: Sequence[Workload]) -> None:
    for workload in pods:
        mounted = {mount["name"] for each in workload.all_containers for mount in each["volumeMounts"]}
        assert mounted == set(volumes_of(workload)), workload


def test_config_maps_are_there_and_used(documents: Sequence[Document], pods: Sequence[Workload]) -> None:
    sources = [source for each in pods for container in each.all_containers for source in container.get("envFrom", [])]
    used = {source["configMapRef"]["name"] for source in sources}
    used |= {volume["configMap"]["name"] for each in pods for volume in each.pod["volumes"] if "configMap" in volume}
    assert used == set(config_maps(documents))


def test_a_probe_asks_a_port_that_there_is_for_a_path_that_is_answered(pods: Sequence[Workload]) -> None:
    paths = {str(rule) for rule in base_app("any", checks={}, problems={}).url_map.iter_rules()}
    for workload in pods:
        for probe in probes_of(workload):
            if asked := probe.get("httpGet") or probe.get("tcpSocket"):
                assert asked["port"] in workload.ports, workload
            if asked := probe.get("httpGet"):
                is_gateway = workload.name == "gateway"
                assert asked["path"] in (paths_of_the_gateway() if is_gateway else paths), workload


def test_every_service_is_looked_at_in_three_ways(pods: Sequence[Workload]) -> None:
    for workload in pods:
        if workload.kind == "Deployment":
            assert len(probes_of(workload)) == len(PROBES), workload


def probes_of(workload: Workload) -> list[Mapping[str, Any]]:
    return [each[probe] for each in workload.containers for probe in PROBES if probe in each]


def paths_of_the_gateway() -> set[str]:
    lines = (line.split() for line in TEMPLATE.read_text(encoding="utf-8").splitlines())
    return {words[2] for words in lines if words[:2] == ["location", "="]}


def test_whoever_is_asked_is_a_service_with_that_port(documents: Sequence[Document], pods: Sequence[Workload]) -> None:
    services = {
        (name_of(each), port["port"])
        for each in of_kind(documents, "Service")
        for port in each["spec"].get("ports", [])
    }
    stores = {DATABASE_HOST, "rabbitmq"}
    asked = {way for each in pods for container in each.containers for way in asked_by(container, documents)}
    assert {host for host, _ in asked} > stores
    assert {way for way in asked if way[0] not in stores} <= services


def test_the_stores_are_where_the_secrets_say(documents: Sequence[Document]) -> None:
    # RabbitMQ's operator makes a service of its cluster's name.
    names = named(documents, "Service", "RabbitmqCluster") | {
        name_of(service["serviceTemplate"])
        for cluster in of_kind(documents, "Cluster")
        for service in cluster["spec"]["managed"]["services"]["additional"]
    }
    is_small = bool(of_kind(documents, "StatefulSet"))
    assert {DATABASE_HOST, "rabbitmq"} <= names
    assert (REPLICA_HOST in names) != is_small


def test_metrics_are_asked_for_where_they_are(documents: Sequence[Document], pods: Sequence[Workload]) -> None:
    counting = [each for each in pods if each.kind == "Deployment" and each.name != "gateway"]
    monitors = of_kind(documents, "PodMonitor")
    for workload in counting if monitors else []:
        [monitor] = [each for each in monitors if selects(each["spec"]["selector"], workload.labels)]
        [endpoint] = monitor["spec"]["podMetricsEndpoints"]
        assert endpoint["port"] in workload.ports
        assert endpoint["path"] == "/metrics"
