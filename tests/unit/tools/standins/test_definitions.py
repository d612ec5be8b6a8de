import os
import subprocess
from pathlib import Path

import pytest

from tools.standins.definitions import LABEL, Decision, decide, definition_of
from tools.standins.images import FOLDERS, NAMES

SCRIPTS = [path for path in FOLDERS.rglob("*") if path.suffix in {".sh", ".envsh"}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "run.sh").write_text("#!/bin/sh\n")
    return tmp_path


@pytest.mark.parametrize(
    ("labels", "decision"),
    [
        (None, Decision.BUILD),
        ({}, Decision.LEAVE_ALONE),
        ({"maintainer": "the real one"}, Decision.LEAVE_ALONE),
        ({LABEL: "now"}, Decision.KEEP),
        ({LABEL: "before"}, Decision.BUILD),
    ],
)
def test_only_stand_ins_are_replaced(labels: dict[str, str] | None, decision: Decision) -> None:
    assert decide(labels, "now") is decision


def test_a_definition_does_not_depend_on_when_it_was_written(folder: Path) -> None:
    before = definition_of(folder, base="debian")
    os.utime(folder / "run.sh", (0, 0))
    assert definition_of(folder, base="debian") == before


def test_another_base_is_another_definition(folder: Path) -> None:
    assert definition_of(folder, base="debian") != definition_of(folder, base="debian-2")


def test_another_content_is_another_definition(folder: Path) -> None:
    before = definition_of(folder, base="debian")
    (folder / "run.sh").write_text("#!/bin/ed\n")
    assert definition_of(folder, base="debian") != before


def test_another_name_is_another_definition(folder: Path) -> None:
    before = definition_of(folder, base="debian")
    (folder / "run.sh").rename(folder / "walk.sh")
    assert definition_of(folder, base="debian") != before


def test_a_script_that_became_executable_is_another_definition(folder: Path) -> None:
    before = definition_of(folder, base="debian")
    (folder / "run.sh").chmod(0o755)
    assert definition_of(folder, base="debian") != before


@pytest.mark.parametrize("folder_name", NAMES.values())
def test_every_name_has_a_definition(folder_name: str) -> None:
    assert (FOLDERS / folder_name / "Dockerfile").is_file()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(FOLDERS)))
def test_every_script_of_an_image_is_a_script(script: Path) -> None:
    shell = script.read_text(encoding="utf-8").splitlines()[0].removeprefix("#!")
    subprocess.run([shell, "-n", script], check=True)
