"""Bytes of a page to text, whatever the page says about itself."""

import codecs
import re
from email.message import Message
from typing import Final

import charset_normalizer
from selectolax.lexbor import LexborHTMLParser
from webencodings import UTF8, Encoding, lookup

# Where a page may name its charset, as HTML's "prescan a byte stream" has it.
PRESCAN_BYTES: Final = 1024
# To read a header of many parameters takes a time that grows with the square of its length.
HEADER_CHARS: Final = 1000
# To guess is slow; a part tells as much.
DETECT_BYTES: Final = 4096
BOMS: Final = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16le", codecs.BOM_UTF16_BE: "utf-16be"}
# A page that could be read so far as to say this is not in it (HTML's standard names what it is in).
INSTEAD: Final = {"utf-16le": "utf-8", "utf-16be": "utf-8", "x-user-defined": "windows-1252"}
CHARSET_OF_META: Final = re.compile(r"charset\s*=\s*[\"']?([^\s\"';]+)", re.IGNORECASE)


def decode(body: bytes, content_type: str) -> str:
    """Return the text of *body*; what cannot be decoded is U+FFFD.

    The charset is that of a byte order mark, of *content_type* (the header), of the page itself, UTF-8 if it decodes,
    a guess, or windows-1252: the first of these that there is, and that the Encoding Standard knows.
    """
    for bom, name in BOMS.items():
        if body.startswith(bom):
            return codecs.decode(body[len(bom) :], name, "replace")
    encoding = _of_header(content_type) or _of_page(body) or _by_content(body)
    return encoding.codec_info.decode(body, "replace")[0]


def _of_header(content_type: str) -> Encoding | None:
    header = Message()
    header["Content-Type"] = content_type[:HEADER_CHARS]
    return lookup(str(header.get_param("charset") or ""))


def _of_page(body: bytes) -> Encoding | None:
    for meta in LexborHTMLParser(body[:PRESCAN_BYTES].decode("latin-1")).css("meta"):
        label = meta.attributes.get("charset")
        if label is None and (meta.attributes.get("http-equiv") or "").lower() == "content-type":
            found = CHARSET_OF_META.search(meta.attributes.get("content") or "")
            label = found and found.group(1)
        if label and (encoding := lookup(label)):
            return lookup(INSTEAD.get(encoding.name, encoding.name))
    return None


def _by_content(body: bytes) -> Encoding:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body)  # it may end in the middle of a character
    except UnicodeDecodeError:
        guess = charset_normalizer.from_bytes(body[:DETECT_BYTES], preemptive_behaviour=False).best()
        return (lookup(guess.encoding.replace("_", "-")) if guess else None) or lookup("windows-1252") or UTF8
    return UTF8
