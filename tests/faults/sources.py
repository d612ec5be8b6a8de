"""Markdown as people write it, never the same twice."""

import random
from collections.abc import Iterator

PARTS = (
    "Could **somebody** look at the _deployment_ of `{word}`?",
    "- one\n- two\n- {word}, with `code` & <angles>",
    "> {word} said it first\n\nand I agree :+1:",
    "```python\nfor {word} in range(10):\n    print({word} * 2)\n```",
    "Grüße aus Köln, {word}! 日本語も 🎉",
    "1. build {word}\n2. test it\n3. **ship** it",
    "See https://{word}.invalid/notes?page=2&lang=en and www.{word}.invalid",
    "A longer thought about {word}. " * 12,
    '<script>alert("{word}")</script> must not run',
)
WORDS = ("gateway", "relay", "outbox", "renderer", "postgres", "rabbit", "coffee", "lunch", "release", "meeting")
MOST_PARTS = 4


def sources(name: str, seed: int) -> Iterator[str]:
    """Yield Markdown without end: the same for the same *seed*, and no two alike.

    Args:
        name: Part of each, so that those of two loads never meet. Their links lead nowhere (RFC 2606).
    """
    chance = random.Random(seed)
    number = 0
    while True:
        number += 1
        parts = chance.choices(PARTS, k=chance.randint(1, MOST_PARTS))
        text = "\n\n".join(part.format(word=chance.choice(WORDS)) for part in parts)
        yield f"**{name} {number}**\n\n{text}"
