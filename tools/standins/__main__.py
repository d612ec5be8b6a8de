"""`python -m tools.standins`: an engine that answers, and the images that Flack is made of."""

import argparse
import sys

from tools.native.signals import StopRequestedError, stop_on_signal
from tools.standins.engine import start_engine, stop_engine
from tools.standins.errors import StandInError
from tools.standins.images import provide_images
from tools.standins.plugins import install_missing_plugins


def main() -> None:
    """Do what the command line says.

    Raises:
        StandInError: It cannot be done.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tools.standins", description="Provide the official images, or stand-ins for them."
    )
    parser.add_argument("--stop", action="store_true", help="stop the Docker engine, if it was started here")
    arguments = parser.parse_args()
    stop_on_signal(lambda: None)
    if arguments.stop:
        stop_engine()
        return
    start_engine()
    install_missing_plugins()
    provide_images()


if __name__ == "__main__":
    try:
        main()
    except StandInError as error:
        sys.exit(str(error))
    except StopRequestedError:
        sys.exit("Stopped.")
