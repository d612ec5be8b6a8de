"""Links to what is not public are links and nothing more."""

import re
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from tests.people import Person, eventually
from tests.site import Site

LINES = (Path(__file__).parents[1] / "data" / "hostile_urls.txt").read_text(encoding="utf-8").splitlines()
URLS = [line.split("\t")[0] for line in LINES if not line.startswith("#")]
# Some lines are read in two ways, of which one leads to a page of the web; where there is a way there, it is looked at.
PUBLIC = {"example.com", "example.com.nip.io", "nip.io"}
LINKED = re.compile(r'<a href="https?:')


def test_messages_with_such_links_are_rendered_and_show_nothing_of_where_they_lead(ann: Person, site: Site) -> None:
    posted = [ann.post(f"<{url}> {url} [here]({url})")["id"] for url in URLS]
    last = ann.post(site.put(f"/{uuid4()}", "<title>A page</title>"))["id"]
    assert eventually(lambda: bool(ann.read(last)["previews"]))
    assert eventually(lambda: {ann.read(each)["status"] for each in posted} == {"rendered"})
    shown = [ann.read(each) for each in posted]
    looked_at = {urlsplit(preview["url"]).hostname for message in shown for preview in message["previews"]}
    assert looked_at - PUBLIC == set()
    # They were there to be looked at.
    assert sum(bool(LINKED.search(message["html"])) for message in shown) > len(URLS) / 2
