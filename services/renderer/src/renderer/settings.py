"""What the renderer reads from the environment."""

from chassis.runner import WorkerSettings
from chassis.urls import AmqpUrl


class RenderSettings(WorkerSettings):
    """What the render process needs."""

    amqp_url: AmqpUrl
