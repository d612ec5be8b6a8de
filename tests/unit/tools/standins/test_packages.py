from pathlib import Path

import pytest

from tools.standins import packages
from tools.standins.errors import MissingPackageError
from tools.standins.plugins import client_folder, version_of


@pytest.mark.parametrize(
    ("system", "advice"),
    [
        ("debian", r"^Missing: docker\.io\. Install it as root: apt-get install docker\.io$"),
        ("fedora", r"^Missing: docker\.io \(as Debian calls it\)\. Please install it and try again\.$"),
    ],
)
def test_says_what_to_install_when_it_may_not(monkeypatch: pytest.MonkeyPatch, system: str, advice: str) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: {"ID": system})
    with pytest.raises(MissingPackageError, match=advice):
        packages.install(["docker.io"])


@pytest.mark.parametrize(
    ("answer", "version"),
    [("2.26.1-4", (2, 26)), ("v2.9.0", (2, 9)), ("5.0", (5, 0)), ("", (0, 0)), ("dev", (0, 0))],
)
def test_versions_are_compared_as_numbers(answer: str, version: tuple[int, int]) -> None:
    assert version_of(answer) == version


def test_plugins_go_where_the_client_is_told_to_look(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    assert client_folder() == tmp_path / "cli-plugins"


def test_plugins_go_to_the_folder_of_the_user_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DOCKER_CONFIG", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert client_folder() == tmp_path / ".docker/cli-plugins"
