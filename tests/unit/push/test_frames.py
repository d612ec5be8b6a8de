"""Frames are what others take them for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.frame_protocol import FrameProtocol, Opcode

from push.frames import frame

EDGES = (0, 1, 125, 126, 127, 65_535, 65_536, 70_000)


def read(data: bytes) -> list[tuple[Opcode, str | bytes]]:
    """Return the messages in *data*, as a client understands them."""
    protocol = FrameProtocol(client=True, extensions=[])
    protocol.receive_bytes(data)
    messages: list[tuple[Opcode, str | bytes]] = []
    for part in protocol.received_frames():
        assert part.message_finished
        assert not isinstance(part.payload, tuple)
        messages.append((part.opcode, part.payload if isinstance(part.payload, str) else bytes(part.payload)))
    return messages


@pytest.mark.parametrize("length", EDGES)
def test_a_message_of_any_length_is_one_frame(length: int) -> None:
    text = "x" * length
    assert read(frame(text)) == [(Opcode.TEXT, text)]
    assert read(frame(text.encode())) == [(Opcode.BINARY, text.encode())]


@given(st.lists(st.one_of(st.text(max_size=300), st.binary(max_size=300)), max_size=5))
def test_frames_that_leave_together_are_as_many_messages(messages: list[str | bytes]) -> None:
    assert [payload for _, payload in read(b"".join(map(frame, messages)))] == messages
