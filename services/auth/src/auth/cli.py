"""What operators do by hand: `python -m auth rotate-keys | sessions | end-sessions | reset-password`."""

import argparse
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from auth.commands.credentials import change_credentials
from auth.commands.keys import rotate
from auth.commands.sessions import revoke_session, revoke_sessions
from auth.models import Credential
from auth.passwords import Passwords
from auth.queries import credential_of, sessions_of
from auth.settings import OperatorSettings
from auth.signing import sealing_of
from chassis.clock import utc_now
from chassis.database import DATABASE_ERRORS, connect, create_sessions
from chassis.jwks import REFRESH_SECONDS
from chassis.runner import read_settings
from chassis.web import MAX_ID

log = structlog.get_logger(__name__)

PASSWORD_BYTES = 12
NAMES = "or id:14, for user 14"
Command: TypeAlias = Callable[[Session, OperatorSettings, argparse.Namespace], list[str]]


class NoSuchUserError(Exception):
    """Nobody logs in by this nickname."""


def main(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Do what *argv* says, print what came of it, and return the status to end with."""
    arguments = _parser().parse_args(argv)
    settings = read_settings(OperatorSettings, environ, service="auth-cli")
    command: Command = arguments.command
    try:
        with create_sessions(connect(settings.database_url, name="auth-cli", pool_size=1)).begin() as session:
            answer = command(session, settings, arguments)
    except (NoSuchUserError, *DATABASE_ERRORS) as error:
        print(f"auth: {' '.join(str(error).split())}", file=sys.stderr)  # noqa: T201 - they stand at the terminal
        return 1
    print("\n".join(answer))  # noqa: T201
    return 0


def rotate_keys(session: Session, settings: OperatorSettings, arguments: argparse.Namespace) -> list[str]:
    """Have tokens signed with a new key."""
    rotation = rotate(
        session,
        sealing_of(settings.key_encryption_key),
        token_lifetime=settings.token_lifetime,
        is_compromised=arguments.compromised,
        now=utc_now(),
    )
    log.warning("keys_rotated", kid=rotation.kid, is_compromised=arguments.compromised)
    return [
        f"Key {rotation.kid} is published, and signs from {rotation.signs_from:%Y-%m-%d %H:%M:%S} UTC.",
        f"The keys before it are trusted until {rotation.trusted_until:%Y-%m-%d %H:%M:%S} UTC.",
        f"Everybody knows so {REFRESH_SECONDS:.0f} s later.",
    ]


def list_sessions(session: Session, _settings: OperatorSettings, arguments: argparse.Namespace) -> list[str]:
    """List the sessions of a user."""
    user_id = _credential(session, arguments.nickname).user_id
    found = [
        f"{each.id}  since {each.created_at:%Y-%m-%d %H:%M}  until {each.expires_at:%Y-%m-%d %H:%M} UTC"
        for each in sessions_of(session, user_id, now=utc_now())
    ]
    return found or [f"{arguments.nickname} has no session."]


def end_sessions(session: Session, _settings: OperatorSettings, arguments: argparse.Namespace) -> list[str]:
    """End a session of a user, or all of them."""
    user_id, now = _credential(session, arguments.nickname).user_id, utc_now()
    theirs = {each.id for each in sessions_of(session, user_id, now=now)}
    if arguments.session_id is None:
        ended = revoke_sessions(session, user_id, now=now)
    else:
        ended = revoke_session(session, arguments.session_id, now=now) if arguments.session_id in theirs else 0
    log.warning("sessions_ended", user_id=user_id, count=ended)
    return [f"{ended} ended."]


def reset_password(session: Session, _settings: OperatorSettings, arguments: argparse.Namespace) -> list[str]:
    """Give a user a new password, which ends all their sessions."""
    user_id = _credential(session, arguments.nickname).user_id
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    password_hash = Passwords().hash(password)
    ended = change_credentials(session, user_id=user_id, nickname=None, password_hash=password_hash, now=utc_now())
    log.warning("password_reset", user_id=user_id, sessions_ended=ended)
    return [f"{arguments.nickname} logs in with {password} from now on; sessions ended: {ended}."]


def _credential(session: Session, name: str) -> Credential:
    kind, _, user_id = name.partition(":")  # which no nickname has
    by_id = kind == "id" and user_id.isdecimal() and int(user_id) <= MAX_ID
    credential = session.get(Credential, int(user_id)) if by_id else credential_of(session, name)
    if credential is None:
        raise NoSuchUserError(f"Nobody logs in as {name!r}.")
    return credential


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m auth", description=__doc__)
    commands = parser.add_subparsers(required=True)

    def add(name: str, command: Command) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=command.__doc__, description=command.__doc__)
        added.set_defaults(command=command)
        return added

    add("rotate-keys", rotate_keys).add_argument(
        "--compromised", action="store_true", help="trust the keys before it no more once the new one signs"
    )
    add("sessions", list_sessions).add_argument("nickname", help=NAMES)
    ending = add("end-sessions", end_sessions)
    ending.add_argument("nickname", help=NAMES)
    ending.add_argument("session_id", type=UUID, nargs="?", help="only this one")
    add("reset-password", reset_password).add_argument("nickname", help=NAMES)
    return parser
