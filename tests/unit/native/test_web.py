"""The folder that the gateway serves."""

from pathlib import Path

import pytest

from tools.native import npm
from tools.native.home import Home
from tools.native.web import assemble_web_root


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_its_page_leads_to_files_that_are_there(home: Home) -> None:
    web_root = assemble_web_root(home)
    (app,) = web_root.glob("app-*")
    page = (web_root / "index.html").read_text()
    assert f'src="/{app.name}/main.js"' in page
    assert '"/app/' not in page
    assert (app / "vendor" / "preact.js").exists()
    assert 'from"preact"' not in (app / "vendor" / "hooks.js").read_text()
    assert not list(web_root.rglob("package*.json"))


def test_the_same_files_have_the_same_name(home: Home) -> None:
    names = [[path.name for path in assemble_web_root(home).glob("app-*")] for _ in range(2)]
    assert names[0] == names[1]


def test_without_npm_there_is_no_page_but_a_clear_line_and_the_description_of_the_api(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(npm, "find", lambda _name: None)
    web_root = assemble_web_root(home)
    assert [path.name for path in web_root.iterdir()] == ["openapi.json"]
    assert capsys.readouterr().out == "Warning: there will be no web pages, only the API: npm is missing.\n"
