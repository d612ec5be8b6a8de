from pathlib import Path

import pytest

from bench.push import compiled
from bench.push.errors import BenchmarkError


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(compiled, "FOLDER", tmp_path)
    return tmp_path


def test_compiles_once(folder: Path) -> None:
    program = compiled.compiled("limit")
    compiled_at = program.stat().st_mtime_ns
    assert compiled.compiled("limit") == program
    assert [path.stat().st_mtime_ns for path in folder.iterdir()] == [compiled_at]


def test_other_sources_are_another_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = compiled.compiled("limit")
    monkeypatch.setattr(compiled, "OPTIONS", (*compiled.OPTIONS, "-g"))
    assert compiled.compiled("limit") != program
    assert len(list(folder.iterdir())) == 2


@pytest.mark.usefixtures("folder")
def test_without_a_compiler_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "find", lambda _name: None)
    with pytest.raises(BenchmarkError, match="please install gcc"):
        compiled.compiled("limit")


@pytest.mark.usefixtures("folder")
def test_tells_what_the_compiler_does_not_like(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "OPTIONS", ("-fno-such-option",))
    with pytest.raises(BenchmarkError, match="fno-such-option"):
        compiled.compiled("limit")
