"""What renderers and those who look at links found out about messages."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Text, bindparam, case, func, insert, literal_column, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from chassis.inbox import Received
from chassis.logs import caused_by
from chassis.outbox import OUTBOX, add_to_outbox, outbox_row
from contracts import MessagePreviewed
from messages.commands.messages import MESSAGES, SOURCE, updated
from messages.commands.tasks import finish_tasks
from messages.models import Message
from messages.resources import message_as_json

RENDERINGS = (
    func.unnest(
        bindparam("ids", type_=ARRAY(BigInteger)),
        bindparam("source_versions", type_=ARRAY(BigInteger)),
        bindparam("htmls", type_=ARRAY(Text)),
        bindparam("statuses", type_=ARRAY(Text)),
        bindparam("links", type_=ARRAY(Text)),
    )
    .table_valued("id", "source_version", "html", "status", "links")
    .render_derived(name="rendering")
)
# Those of an earlier source, if the new one links to the same page. Hardly a message has any.
KEPT_PREVIEWS = case(
    (MESSAGES.c.previews == literal_column("'[]'::jsonb"), MESSAGES.c.previews),
    else_=literal_column(
        """(
        SELECT coalesce(jsonb_agg(preview ORDER BY place), '[]')
        FROM jsonb_array_elements(messages.previews) WITH ORDINALITY AS kept (preview, place)
        WHERE jsonb_exists(rendering.links::jsonb, preview->>'url')
        )"""
    ),
)
SHOW = (
    update(MESSAGES)
    .where(
        MESSAGES.c.id == RENDERINGS.c.id,
        MESSAGES.c.source_version == RENDERINGS.c.source_version,
        MESSAGES.c.status == "posted",
    )
    .values(
        html=RENDERINGS.c.html,
        status=RENDERINGS.c.status,
        previews=KEPT_PREVIEWS,
        version=MESSAGES.c.version + 1,
        updated_at=bindparam("now"),
    )
    .returning(*MESSAGES.c)
)


def set_html(session: Session, renderings: Sequence[Received], *, now: datetime) -> None:
    """Show the html of *renderings*, but for messages whose source has changed since or that show it already.

    Args:
        renderings: `MessageRendered` events.
    """
    events = [each.event for each in renderings]
    arrays = {
        "ids": [event.message_id for event in events],
        "source_versions": [event.version for event in events],
        "htmls": [event.html for event in events],
        "statuses": ["unrenderable" if event.failed else "rendered" for event in events],
        "links": [orjson.dumps(event.links).decode() for event in events],
    }
    rows = session.execute(SHOW, {**arrays, "now": now}).all()
    causes = {each.event.message_id: each.correlation_id for each in renderings}
    if models := [(row, message_as_json(row)) for row in rows]:
        finish_tasks(session, [(row, orjson.dumps(model).decode()) for row, model in models])
        session.execute(insert(OUTBOX), [_outbox_row(row, model, causes, now) for row, model in models])


def set_previews(session: Session, previewed: MessagePreviewed, *, now: datetime) -> None:
    """Show what the links of a message lead to, unless its source has changed since or it shows just that.

    Of a page that was seen before and cannot be had now, what was seen stays.
    """
    # As it is now: statements of this transaction may have changed it.
    message = session.get(Message, previewed.message_id, with_for_update=True, populate_existing=True)
    if message is None or message.source_version != previewed.version:
        return
    found = {preview.url: asdict(preview) for preview in previewed.previews}
    previews = list(({each["url"]: each for each in message.previews} | found).values())
    if previews == message.previews:
        return
    message.previews = previews
    message.version += 1
    message.updated_at = now
    add_to_outbox(session, updated(message), source=SOURCE, now=now)


def _outbox_row(message: Any, model: Any, causes: dict[int, str], now: datetime) -> dict[str, Any]:
    with caused_by(causes[message.id]):
        return outbox_row(updated(message, model), source=SOURCE, now=now)
