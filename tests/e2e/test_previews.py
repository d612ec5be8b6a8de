"""What messages link to is shown with them, through the gateway."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tests.people import Json, Listener, Person, eventually, listening
from tests.site import Site

PAGE = """<!doctype html><title>A page</title>
<meta name="Description" content="About &lt;b&gt;pages&lt;/b&gt;">
<meta property="og:site_name" content="Pages">
<meta property="og:image" content="/cat.png">"""


@pytest.fixture
def url(site: Site) -> str:
    """A page that nobody has looked at."""
    return site.put(f"/{uuid4()}", PAGE)


def has_preview(person: Person, message_id: int) -> bool:
    return bool(person.read(message_id)["previews"])


def urls(message: Json) -> list[str]:
    return [preview["url"] for preview in message["previews"]]


def previewed(listener: Listener, message_id: int) -> list[Json]:
    return [message for message in listener.messages if message["id"] == message_id and message["previews"]]


def test_a_link_is_expanded_for_everybody(base_url: str, ann: Person, site: Site, url: str) -> None:
    with listening(base_url) as listener:
        posted = ann.post(f"look at {url}")
        assert listener.hears(lambda: bool(previewed(listener, posted["id"])))
        seen = previewed(listener, posted["id"])[-1]
    assert seen == ann.read(posted["id"])
    assert seen["previews"] == [
        {
            "url": url,
            "title": "A page",
            "description": "About <b>pages</b>",
            "site_name": "Pages",
            "image_url": f"{site.root}/cat.png",
        }
    ]
    assert seen["html"].endswith(
        f'<blockquote><p><a href="{url}" rel="noopener noreferrer nofollow ugc">A page</a></p>'
        "<p>About &lt;b&gt;pages&lt;/b&gt;</p></blockquote>"
    )
    assert "/cat.png" not in site.asked
    assert all(agent is not None and agent.startswith("FlackBot/") for agent in site.agents)


def test_a_page_is_asked_for_once_however_many_link_to_it(ann: Person, bob: Person, site: Site, url: str) -> None:
    site.gate.clear()
    with ThreadPoolExecutor(2) as pool:
        posted = [pool.submit(person.post, f"{number} {url}") for number in range(5) for person in (ann, bob)]
    site.gate.set()
    assert all(eventually(lambda each=each: has_preview(ann, each.result()["id"])) for each in posted)  # type: ignore[misc]
    assert site.asked[url.removeprefix(site.root)] == 1


def test_a_page_that_does_not_answer_delays_no_rendering_and_no_other_page(
    base_url: str, ann: Person, create_site: Callable[[], Site], url: str
) -> None:
    silent = create_site()
    silent.gate.clear()
    pages = [f"/{uuid4()}" for _ in range(8)]
    with listening(base_url) as listener:
        waiting = [ann.post(silent.put(page, PAGE))["id"] for page in pages]
        assert eventually(lambda: set(silent.asked) >= set(pages))
        other = ann.post(url)["id"]
        assert listener.hears_rendered(*waiting, other)
        assert listener.hears(lambda: bool(previewed(listener, other)))
    assert not any(has_preview(ann, each) for each in waiting)


def test_an_edit_drops_what_is_gone_and_keeps_what_is_not(ann: Person, site: Site, url: str) -> None:
    other = site.put(f"/{uuid4()}", "<title>Another</title>")
    posted = ann.post(f"{url} {other}")["id"]
    assert eventually(lambda: urls(ann.read(posted)) == [url, other])
    edited = ann.call("PUT", f"/messages/{posted}", json={"source": f"only {other}"}, headers={"Prefer": "wait=10"})
    assert edited.status_code == 204
    assert urls(ann.read(posted)) == [other]
    assert "A page" not in ann.read(posted)["html"]


def test_a_page_that_robots_are_not_wanted_on_is_left_alone(ann: Person, site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /private/")
    private, public = (site.put(f"/{kind}/{uuid4()}", PAGE) for kind in ("private", "public"))
    posted = ann.post(f"{private} {public}")["id"]
    assert eventually(lambda: has_preview(ann, posted))
    assert urls(ann.read(posted)) == [public]
    assert not any(path.startswith("/private/") for path in site.asked)


def test_five_links_are_looked_at_and_no_more(ann: Person, site: Site) -> None:
    pages = [site.put(f"/{uuid4()}", PAGE) for _ in range(7)]
    posted = ann.post(" ".join([pages[0], *pages]))["id"]
    assert eventually(lambda: has_preview(ann, posted))
    assert urls(ann.read(posted)) == pages[:5]
    assert not {page.removeprefix(site.root) for page in pages[5:]} & set(site.asked)


def test_a_link_that_leads_nowhere_changes_nothing(ann: Person, site: Site, url: str) -> None:
    missing = f"{site.root}/{uuid4()}"
    posted = ann.post(f"{missing} http://nobody.invalid/ {url}")["id"]
    assert eventually(lambda: has_preview(ann, posted))
    assert urls(ann.read(posted)) == [url]
