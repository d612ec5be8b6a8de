"""Messages as people write them: most are a line or two."""

import random
from typing import Final

SHORT: Final = (
    "hello there",
    "ok, I will have a look :+1:",
    "Could **somebody** look at the _deployment_ of `{word}`?",
    "I think {word} is done, isn't it?",
    "Grüße aus Köln, {word}! 日本語も 🎉",
    "one\ntwo, and ~~three~~ {word}",
)
LINKS: Final = (
    "See https://{word}.example/notes?page=2&lang=en and www.example.org/{word}.",
    "[the notes on {word}](https://example.com/{word}_(draft)), ann@example.org has more",
)
CODE: Final = (
    "```python\nfor {word} in range(10):\n    print({word} * 2)\n```",
    "It says `KeyError: '{word}'` here:\n\n    Traceback (most recent call last):\n      {word}()",
)
LISTS: Final = (
    "1. build {word}\n2. test it\n3. **ship** it\n\n- [ ] not yet\n- done\n    - really",
    "> {word} said it first\n\n| who | what |\n|:--|--:|\n| ann | {word} |\n| bob | `x` |",
)
LONG: Final = (
    "# {word}\n\n" + "A longer thought about **{word}**, with a link to https://example.com/{word} in it. " * 12,
    "\n\n".join([SHORT[2], LINKS[0], CODE[0], LISTS[0], LISTS[1]] * 3),
)
# Of a hundred messages.
SHARES: Final = ((SHORT, 70), (LINKS, 12), (CODE, 7), (LISTS, 7), (LONG, 4))
WORDS: Final = ("gateway", "relay", "outbox", "renderer", "postgres", "rabbit", "coffee", "lunch")


def mix(count: int) -> list[str]:
    """Return *count* messages, the same ones each time."""
    chance = random.Random(count)  # noqa: S311 - nobody has to be kept from guessing
    kinds = chance.choices([kind for kind, _ in SHARES], weights=[share for _, share in SHARES], k=count)
    return [chance.choice(kind).format(word=chance.choice(WORDS)) for kind in kinds]
