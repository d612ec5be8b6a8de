"""Whom pods ask for something, as their variables say."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from tests.kustomize import Document
from tests.workloads import Container, environment

# What is in files, of which manifests know no more than the name.
STORES = {"DATABASE_URL_FILE": ("postgres", 5432), "AMQP_URL_FILE": ("rabbitmq", 5672)}


def asked_by(container: Container, documents: Sequence[Document]) -> Iterator[tuple[str, int]]:
    """Yield service and port of everybody whom *container* asks."""
    for name, value in environment(container, documents).items():
        if name in STORES:
            yield STORES[name]
        elif name.endswith("_URL"):
            url = urlsplit(value)
            yield str(url.hostname), url.port or 80
        elif name.endswith("_SERVERS"):
            yield _server(value)


def _server(directives: str) -> tuple[str, int]:
    # As nginx has it: server HOST:PORT …;
    words = directives.split()
    host, _, port = words[words.index("server") + 1].partition(":")
    return host.partition(".")[0], int(port)
