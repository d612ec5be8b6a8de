"""What the three people in the pictures say."""

from tests.people import Person, eventually
from tests.site import Site
from tools.native.errors import CommandFailedError

WATCHED_BY = "Susan"
PAGE = """<!doctype html><title>Time zones, without tears</title>
<meta property="og:site_name" content="The Daily Clock">
<meta name="description" content="Keep instants in UTC, show them where the reader is, and never ask a clock twice.">"""
LIST = """Good morning! What is left before Friday:

1. try it on a small telephone
2. tell everybody"""
CODE = """That is us, keeping local time. This should do:

```python
posted_at = datetime.now(UTC)
```"""
LINES = (
    ("Susan", LIST),
    ("Miguel", "I did the first on my way here, and it is *much* faster. But is every message **an hour late**?"),
    ("Ada", CODE),
    ("Ada", "There is a good page about it, [worth ten minutes]({url})."),
    ("Miguel", "Mended in `times.py`, and there is a test for it now."),
    ("Susan", "Thank you both! Then I tell everybody."),
)


def hold(base_url: str, site: Site) -> None:
    """Have everybody say their lines, and return once these are shown as they will stay."""
    url = site.put("/", PAGE)
    people = {name: Person(base_url, nickname=name) for name in dict.fromkeys(name for name, _ in LINES)}
    for name, line in LINES:
        posted = people[name].post(line.format(url=url))["id"]
        _wait_until_shown(people[name], posted, with_card="{url}" in line)


def _wait_until_shown(person: Person, posted: int, *, with_card: bool) -> None:
    def is_shown() -> bool:
        message = person.read(posted)
        return message["status"] == "rendered" and bool(message["previews"]) == with_card

    if not eventually(is_shown):
        raise CommandFailedError(f"Message {posted} is not shown as it should be.")
