import re

import pytest

from tools.native.gateway import SETTINGS, TEMPLATE, fill


def test_only_names_in_capitals_are_replaced() -> None:
    assert fill("listen ${LISTEN}; return $request_id;", {"LISTEN": "1"}) == "listen 1; return $request_id;"


def test_a_name_without_a_value_is_refused() -> None:
    with pytest.raises(KeyError):
        fill("${NOBODY}", {})


def test_the_template_needs_what_its_head_says_and_no_more() -> None:
    names = (
        *SETTINGS,
        "LISTEN",
        "STATUS_LISTEN",
        "NGINX_LOCAL_RESOLVERS",
        "AUTH_SERVERS",
        "MESSAGES_SERVERS",
        "PUSH_SERVERS",
        "WEB_ROOT",
        "STATE_DIR",
    )
    assert "${" not in fill(TEMPLATE.read_text(encoding="utf-8"), dict.fromkeys(names, ""))


def test_both_ways_of_running_the_gateway_have_the_same_defaults() -> None:
    dockerfile = (TEMPLATE.parent / "Dockerfile").read_text(encoding="utf-8")
    assert {name: re.findall(rf"^ +{name}=(\w+)", dockerfile, re.MULTILINE) for name in SETTINGS} == {
        name: [default] for name, default in SETTINGS.items()
    }
