"""What the renderer reads from the environment."""

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated

from pydantic import BeforeValidator, SecretStr

from chassis.runner import WorkerSettings
from chassis.settings import EnvSettings
from chassis.urls import AmqpUrl


def _listed(text: object) -> object:
    return tuple(text.replace(",", " ").split()) if isinstance(text, str) else text


class WebSettings(EnvSettings):
    """What the API needs.

    Attributes:
        service_credential: What services show each other on internal calls.
        internal_port: Where other services call; nothing internal is answered elsewhere.
    """

    service_credential: SecretStr
    internal_port: int = 8001


class Settings(WorkerSettings):
    """What the processes need that take events.

    Attributes:
        previews_enabled: Whether what messages link to is looked at.
    """

    amqp_url: AmqpUrl
    previews_enabled: bool = True


class PreviewSettings(Settings):
    """What the preview process needs besides.

    Attributes:
        preview_allowed_networks: Networks whose pages may be looked at though they are not public, as
            `10.1.0.0/16`, with commas between them.
    """

    preview_allowed_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_listed)] = ()
