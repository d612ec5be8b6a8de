"""What nobody may do to push, and is cut off for."""

import random
import struct
import zlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tests.outages.raw_websocket import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    frame,
)

LARGEST: Final = 64 * 1024
PING_USER: Final = '42["ping_user"]'
BOMB: Final = zlib.compress(b"\0" * 50_000_000, 9)[2:-4]  # raw deflate, about 48 KB
# More than any machine takes in before the limits of either are reached.
PACKETS: Final = 15_000
FRAMES_OF_NOTHING: Final = 60_000


def _pieces(text: str, size: int, opcode: int = TEXT) -> list[bytes]:
    """Return a message in fragments of *size*, without the last."""
    data = text.encode()
    starts = range(0, len(data), size)
    return [frame(data[at : at + size], CONTINUATION if at else opcode, fin=False) for at in starts]


# After joining: the bytes that are sent, in pieces.
OFFENCES: Final[Mapping[str, list[bytes]]] = MappingProxyType(
    {
        "a frame that is not masked": [frame(PING_USER, mask=False)],
        "a frame with the bit for deflate": [frame(PING_USER, rsv=4)],
        "a frame with the other reserved bits": [frame(PING_USER, rsv=3)],
        "a deflate bomb": [frame(BOMB, rsv=4)],
        **{f"the opcode {code:#x}": [frame(PING_USER, code)] for code in (*range(0x3, 0x8), *range(0xB, 0x10))},
        "a length of 2**63 bytes": [frame(b"4" * 100, length=1 << 63)],
        "a length of 2**62 bytes": [frame(b"4" * LARGEST * 2, length=1 << 62)],
        "a length that could be shorter": [struct.pack("!BBQ", 0x81, 0xFF, 5), bytes(4), b"42[]x"],
        "a message that is too long": [frame("4" * (LARGEST + 1))],
        "fragments that are too long together": [*_pieces("4" * (LARGEST + 1), 1000)],
        "tiny fragments that are too long together": [b"".join(_pieces("4" * (LARGEST + 1), 16))],
        "more empty fragments than anybody has": [
            frame("42", fin=False),
            frame(b"", CONTINUATION, fin=False) * FRAMES_OF_NOTHING,
        ],
        "a ping that is too long": [frame(b"x" * 126, PING)],
        "a ping in fragments": [frame(b"x", PING, fin=False)],
        "a goodbye that is too long": [frame(struct.pack("!H", 1000) + b"x" * 200, CLOSE)],
        "a goodbye of one byte": [frame(b"x", CLOSE)],
        **{
            f"a goodbye with {code}": [frame(struct.pack("!H", code), CLOSE)]
            for code in (0, 999, 1004, 1005, 1006, 5000)
        },
        "a goodbye that is no text": [frame(struct.pack("!H", 1000) + b"\xff", CLOSE)],
        "a continuation of nothing": [frame("2", CONTINUATION)],
        "a message within a message": [frame("42", fin=False), frame(PING_USER)],
        "a text that is no UTF-8": [frame(b'42["\xff"]')],
        "a text that ends within a character": [frame(b'42["\xc3')],
        "a text with half a surrogate pair": [frame(b'42["\xed\xa0\x80"]')],
        "an empty message": [frame("")],
        "an empty message of bytes": [frame(b"", BINARY)],
        "bytes": [frame(b"42[]", BINARY)],
        "a message of bytes that is too long": [frame(b"\0" * (LARGEST + 1), BINARY)],
        "a binary event": [frame('451-["post_message",{"_placeholder":true,"num":0}]'), frame(b"x" * 1000, BINARY)],
        "a binary event of many parts": [frame('459999-["x"]'), *[frame(b"x" * 60_000, BINARY)] * 50],
        "bytes as text": [frame("b" + "A" * 60_000)],
        **{f"the packet {packet[:20]!r}": [frame(packet)] for packet in ("0{}", "2", "6", "7", "9", "x", "ä", "4")},
        "an acknowledgement that nobody wants": [frame("430[]")],
        "an event that is none": [frame('42{"a":1}')],
        "an event of the library": [frame('42["disconnect"]')],
        "brackets": [frame("42" + "[" * 60_000)],
        "brackets where a message should be": [frame("4" + "[" * 60_000)],
        "braces": [frame('42["post_message",' + '{"source":' * 6_000)],
        "digits": [frame("42" + "9" * 60_000)],
        "a flood of events": [frame(PING_USER) * PACKETS],
        "a flood of events that want an answer": [frame('427["ping_user"]') * PACKETS],
        "a flood of events that nobody knows": [frame('42["shout"]') * PACKETS],
        "a flood of pings": [frame(b"x" * 100, PING) * FRAMES_OF_NOTHING],
        "a flood of pongs": [frame(b"", PONG) * FRAMES_OF_NOTHING],
        "a flood of namespaces": [frame("40/shout,") * PACKETS],
        "a flood of arrivals": [frame("40") * PACKETS],
    }
)


def random_bytes(chance: random.Random) -> bytes:
    """Return something that begins as frames do, more or less."""
    return b"".join(_random_frame(chance) for _ in range(chance.randrange(1, 12)))


def _random_frame(chance: random.Random) -> bytes:
    made = frame(
        _random_payload(chance),
        chance.choice([TEXT, TEXT, TEXT, CONTINUATION, BINARY, CLOSE, PING, PONG, chance.randrange(16)]),
        fin=chance.random() < 0.7,
        rsv=chance.choice([0, 0, 0, 0, chance.randrange(8)]),
        mask=chance.random() < 0.95,
        length=chance.choice([-1] * 9 + [chance.randrange(1 << 63)]),
    )
    return made[: chance.randrange(len(made))] if chance.random() < 0.1 else made


def _random_payload(chance: random.Random) -> bytes:
    if chance.random() < 0.3:
        return chance.randbytes(chance.choice([0, 1, 125, 126, 1000, LARGEST, LARGEST + 1]))
    packet = chance.choice([PING_USER, "40", "41", '427["ping_user"]', "3", "2probe", "40/x,", "1"]).encode()
    broken = bytearray(packet)
    if chance.random() < 0.5:
        broken[chance.randrange(len(broken))] = chance.randrange(256)
    return bytes(broken)
