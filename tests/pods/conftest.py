"""A laptop's cluster whose pods Docker runs."""

from collections.abc import Iterator

import pytest

from tests.conftest import HOMES, PROJECT
from tests.pods.instructions import applied
from tests.pods.pod import Place
from tests.pods.pods import Pods


@pytest.fixture(scope="module")
def pods(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pods]:
    """All pods of what k8s/README.md has people apply, each of them ready."""
    folder = tmp_path_factory.mktemp("laptop")
    folder.chmod(0o755)
    files = folder / "files"
    files.mkdir()
    pods = Pods(Place(documents=applied(folder), network=f"{PROJECT}-pods", files=files))
    pods.take_away()
    try:
        pods.start()
        yield pods
    finally:
        HOMES.mkdir(exist_ok=True)
        (HOMES / "test-pods.log").write_text(pods.all_logs())
        pods.take_away()


@pytest.fixture
def base_url(pods: Pods) -> str:
    """Where the gateway is."""
    return f"http://{pods.address('gateway')}:{pods.workloads['gateway'].ports['http']}"
