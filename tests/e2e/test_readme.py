"""What the README says can be pasted does what it says."""

import re
import subprocess
import sys
from pathlib import Path

from tests.people import Person, eventually

README = Path(__file__).parents[2] / "README.md"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_the_transcript_works_as_printed(base_url: str) -> None:
    transcript = block("sh").replace("http://127.0.0.1:8080", base_url)
    post, look = transcript.split("sleep 1\n")
    answer = said(post)
    assert "HTTP/1.1 202" in answer
    assert "Location: /api/v1/tasks/" in answer
    assert eventually(lambda: "<p><strong>hello</strong> from <a href=" in said(look))


def said(commands: str) -> str:
    done = subprocess.run(["bash", "-euc", commands], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_ten_line_client_shows_what_is_posted(base_url: str, ann: Person, tmp_path: Path) -> None:
    shown = tmp_path / "shown"
    program = block("python").replace("http://127.0.0.1:8080", base_url)
    with shown.open("w") as output:
        client = subprocess.Popen([sys.executable, "-c", program, ann.token], stdout=output)
        try:
            assert eventually(lambda: "<em>seen</em>" in shown_after_a_post(ann, shown))
        finally:
            client.kill()
            client.wait()


def shown_after_a_post(person: Person, shown: Path) -> str:
    person.post("*seen*")
    return shown.read_text()
