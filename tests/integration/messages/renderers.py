"""The renderer as the messages service asks it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pydantic import SecretStr
from werkzeug.serving import make_server

from chassis.internal import InternalClient
from renderer.bootstrap import create_app
from renderer.domain import Rendering, render
from tools.native.ports import PrivatePorts

CREDENTIAL = SecretStr("open sesame")
# Where nobody listens.
NO_RENDERER = InternalClient("http://127.0.0.1:1", CREDENTIAL)


@contextmanager
def renderer_that(render: Callable[[str], Rendering] = render) -> Iterator[InternalClient]:
    """Serve the renderer's API, which uses *render*, for as long as the block lasts."""
    port = PrivatePorts().take()
    server = make_server("127.0.0.1", port, create_app(render, CREDENTIAL, port=port), threaded=True)
    serving = threading.Thread(target=server.serve_forever, args=(0.01,))
    serving.start()
    try:
        yield InternalClient(f"http://127.0.0.1:{port}", CREDENTIAL)
    finally:
        server.shutdown()
        server.server_close()
        serving.join()
