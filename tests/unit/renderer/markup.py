"""Markup as chance would write it."""

from hypothesis import strategies as st

_ELEMENTS = ["<a href=", "<svg>", "</svg>", "<style>", "</p>", "<table>", "<td>", "<math>", "<b title=", "<!--", "-->"]
_SCOPES = ["<a>", "<select>", "<caption>", "<button>", "<template>", "<p>", "<li>", "<pre>\n", "</a>", "</table>"]
_MARKS = ['"', "'", ">", "[x](", "![", ")", "`", "~~", "**", "```\n", "\n\n", "    ", "> ", "- ", "|", "&lt;", "&amp;"]
_WORDS = ["x", "http://a.example", "example.com", "javascript:", "onclick=x", "\n[x]: "]

texts = st.text(st.sampled_from("<>\"'=/&;:!-[](){}`*_~#|\\. \n\t\x02ab") | st.characters(codec="utf-8"), max_size=60)
fragments = st.lists(st.sampled_from(_ELEMENTS + _SCOPES + _MARKS + _WORDS), max_size=15).map("".join)
