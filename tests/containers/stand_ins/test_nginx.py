"""How a container of nginx is configured when it starts."""

from collections.abc import Callable
from pathlib import Path

import requests

from tests.containers.stand_ins.container import HARDENED, NGINX, START_SECONDS, address_of, stop, succeeds, write
from tests.docker import logs_of
from tests.people import eventually

AS_NGINX = ("--user=101:101", *HARDENED)


def test_serves_a_template_filled_in_and_logs_to_docker(start: Callable[..., str], tmp_path: Path) -> None:
    template = """server {
        listen 8080; set $OTHER kept; resolver ${NGINX_LOCAL_RESOLVERS};
        location / { return 200 "${GREETING} $OTHER $host"; }
    }"""
    write(tmp_path / "templates/site.conf.tpl", template)
    variables = {
        "GREETING": "hello",
        "OTHER": "wrong",
        "NGINX_ENVSUBST_FILTER": "^(GREETING|NGINX_.*)$",
        "NGINX_ENVSUBST_TEMPLATE_SUFFIX": ".tpl",
        "NGINX_ENVSUBST_OUTPUT_DIR": "/etc/nginx/conf.d",
        "NGINX_ENTRYPOINT_LOCAL_RESOLVERS": "1",
        "NGINX_ENTRYPOINT_QUIET_LOGS": "1",
    }
    folders = (f"--volume={tmp_path}/templates:/etc/nginx/templates:ro", "--tmpfs=/etc/nginx/conf.d:uid=101")
    writable = ("--tmpfs=/var/cache/nginx:uid=101", "--tmpfs=/run:uid=101", "--publish=127.0.0.1::8080")
    environment = [f"--env={name}={value}" for name, value in variables.items()]
    name = start(NGINX, *AS_NGINX, *folders, *writable, *environment)
    assert eventually(lambda: succeeds(name, "curl", "--fail", "127.0.0.1:8080"), seconds=START_SECONDS), logs_of(name)
    assert requests.get(address_of(name, 8080), timeout=10).text == "hello kept 127.0.0.1"
    assert "GET / HTTP/1.1" in logs_of(name)
    assert "docker-entrypoint" not in logs_of(name)
    assert stop(name) == 0


def test_sources_what_sets_variables_and_runs_the_rest(start: Callable[..., str], tmp_path: Path) -> None:
    folder = tmp_path / "entrypoint"
    write(folder / "10-set.envsh", "export GREETING=sourced", mode=0o755)
    write(folder / "20-tell.sh", '#!/bin/sh\necho "told $GREETING"', mode=0o755)
    write(folder / "30-plain.sh", "#!/bin/sh\necho never")
    name = start(NGINX, f"--volume={folder}:/docker-entrypoint.d:ro")
    assert eventually(lambda: succeeds(name, "curl", "--fail", "127.0.0.1"), seconds=START_SECONDS), logs_of(name)
    assert "told sourced\n" in logs_of(name)
    assert "never" not in logs_of(name)
