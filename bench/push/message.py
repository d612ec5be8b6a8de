"""The message that all servers tell of: the same but for its stamp and its id."""

import json
from pathlib import Path
from typing import Any, Final

FIRST_ID: Final = 1_000_001
STAMP: Final = "stamp={number:08d},{at_ns:020d}"
TEXT: Final = (
    " The **new** gateway is up; who has time to look at `push` with me? See the notes in the channel first, please."
)
HTML: Final = (
    "<p>The <strong>new</strong> gateway is up; who has time to look at <code>push</code> with me?"
    " See the notes in the channel first, please.</p>"
)


def stamped(number: int, *, at_ns: int, paragraphs: int) -> dict[str, Any]:
    """Return message *number* as REST shows it; with one paragraph, it is told in about 570 bytes.

    Args:
        at_ns: When it was published, or should have been: whoever is late does not gain by it. Of `time.monotonic_ns`.
    """
    message_id = FIRST_ID + number
    return {
        "id": message_id,
        "created_at": 1_767_225_600,
        "updated_at": 1_767_225_601,
        "version": 2,
        "source": STAMP.format(number=number, at_ns=at_ns) + TEXT * paragraphs,
        "html": HTML * paragraphs,
        "status": "rendered",
        "previews": [],
        "deleted": False,
        "user_id": 1042,
        "_links": {"self": f"/api/v1/messages/{message_id}", "user": "/api/v1/users/1042"},
    }


def write_event(path: Path, *, paragraphs: int) -> None:
    """Write down the text of one event, as Socket.IO sends it."""
    news = {"class": "Message", "model": stamped(0, at_ns=0, paragraphs=paragraphs)}
    path.write_text("42" + json.dumps(["updated_model", news], separators=(",", ":")), encoding="ascii")
