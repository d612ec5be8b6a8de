"""WebSocket frames as a server sends them (RFC 6455 section 5.2): whole messages, unmasked."""

import struct
from typing import Final

TEXT: Final = 0x81
BINARY: Final = 0x82
# What a length of one byte means.
TWO_BYTES_FOLLOW: Final = 126
EIGHT_BYTES_FOLLOW: Final = 127
TWO_BYTES: Final = 1 << 16


def frame(data: str | bytes) -> bytes:
    """Return the frame that is the message *data*: of text, or of bytes."""
    kind, payload = (TEXT, data.encode()) if isinstance(data, str) else (BINARY, data)
    size = len(payload)
    if size < TWO_BYTES_FOLLOW:
        return bytes((kind, size)) + payload
    if size < TWO_BYTES:
        return struct.pack("!BBH", kind, TWO_BYTES_FOLLOW, size) + payload
    return struct.pack("!BBQ", kind, EIGHT_BYTES_FOLLOW, size) + payload
