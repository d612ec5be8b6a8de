"""Flack on this machine without containers: private PostgreSQL, RabbitMQ and nginx, and every service.

`python -m tools.native` is what `make run` starts; tests use `Stack` and `Backing` directly.
"""

from tools.native.backing import Backing
from tools.native.errors import NativeError
from tools.native.process import Process
from tools.native.stack import Stack

__all__ = ["Backing", "NativeError", "Process", "Stack"]
