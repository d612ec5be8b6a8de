import re

import pytest

from tools.native.gateway import PLACEHOLDER, SETTINGS, TEMPLATE, fill
from tools.native.services import ROOT


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
        "WORKERS",
    )
    assert "${" not in fill(TEMPLATE.read_text(encoding="utf-8"), dict.fromkeys(names, ""))


@pytest.mark.parametrize(
    ("file", "pattern"),
    [("gateway/Dockerfile", r"^ +{name}=([\w.]*)"), ("docker-compose.yml", r"^ +{name}: \${{{name}:-([\w.]*)}}$")],
)
def test_every_way_of_running_the_gateway_has_the_same_defaults(file: str, pattern: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    found = {name: re.findall(pattern.format(name=name), text, re.MULTILINE) for name in SETTINGS}
    assert found == {name: [default] for name, default in SETTINGS.items()}


def test_a_container_fills_in_all_of_it() -> None:
    dockerfile = (ROOT / "gateway" / "Dockerfile").read_text(encoding="utf-8")
    [pattern] = re.findall(r'NGINX_ENVSUBST_FILTER="(.+)"', dockerfile)
    names = set(PLACEHOLDER.findall(TEMPLATE.read_text(encoding="utf-8")))
    assert names
    assert {name for name in names if re.search(pattern, name)} == names
