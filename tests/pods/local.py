"""What is to run on a laptop, for tests that are about each of it."""

from tests.kustomize import K8S, build
from tests.workloads import workloads

WORKLOADS = {each.name: each for each in workloads(build(K8S / "overlays" / "local"))}
