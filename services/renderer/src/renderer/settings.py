"""What the renderer reads from the environment."""

from pydantic import SecretStr

from chassis.runner import WorkerSettings


class RenderSettings(WorkerSettings):
    """What the render process needs."""

    amqp_url: SecretStr
