"""Links to what is not public are links and nothing more."""

import re
from pathlib import Path
from uuid import uuid4

from tests.people import Person, eventually
from tests.site import Site

LINES = (Path(__file__).parents[1] / "data" / "hostile_urls.txt").read_text(encoding="utf-8").splitlines()
URLS = [line.split("\t")[0] for line in LINES if not line.startswith("#")]
LINKED = re.compile(r'<a href="https?:')


def test_messages_with_such_links_are_rendered_and_show_nothing_of_where_they_lead(ann: Person, site: Site) -> None:
    posted = [ann.post(f"<{url}> {url} [here]({url})")["id"] for url in URLS]
    last = ann.post(site.put(f"/{uuid4()}", "<title>A page</title>"))["id"]
    assert eventually(lambda: bool(ann.read(last)["previews"]))
    shown = [ann.read(each) for each in posted]
    assert {message["status"] for message in shown} == {"rendered"}
    assert [message["source"] for message in shown if message["previews"]] == []
    # They were there to be looked at.
    assert sum(bool(LINKED.search(message["html"])) for message in shown) > len(URLS) / 2
