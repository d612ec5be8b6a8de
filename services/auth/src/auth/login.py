"""How somebody proves who they are, and what they get for it."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.orm import Session, sessionmaker

from auth.commands.attempts import Attempt, begin_attempt, count_success, take_back
from auth.commands.sessions import Grant, open_session, prolong_session
from auth.domain.attempts import Patience, TooManyAttemptsError
from auth.domain.credentials import InvalidCredentialsError, UnknownCredentialsError
from auth.domain.refresh_tokens import MAX_REFRESH_TOKEN_CHARS, RefreshTokenRejectedError, Use
from auth.keyring import Keyring
from auth.passwords import Passwords
from auth.queries import credential_of
from auth.shapes import Tokens
from auth.signing import Signer
from chassis.clock import Clock

log = structlog.get_logger(__name__)

WRONG = "Nickname or password is wrong."
# While somebody logs in, the same password may be hashed anew for somebody else who does.
LOOKS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """What a login needs.

    Attributes:
        account_key: What hides the nicknames that were tried.
    """

    sessions: sessionmaker[Session]
    passwords: Passwords
    keyring: Keyring
    patience: Patience
    account_key: bytes
    token_lifetime: timedelta
    clock: Clock

    def by_password(self, nickname: str, password: str, *, address: str) -> Tokens:
        """Return the tokens of a new session.

        Args:
            address: Where they come from.

        Raises:
            InvalidCredentialsError: No user has this nickname and password.
            TooManyAttemptsError: Too many were wrong before.
            TooManyPasswordsError: Too many others are logging in.
        """
        attempt = Attempt.of(nickname, address, self.account_key)
        signer = self.keyring.signer()
        self._begin(attempt)
        try:
            grant = self._grant(nickname, password)
        except Exception:
            with self.sessions.begin() as session:
                take_back(session, attempt)
            raise
        if grant is None:
            log.warning("login_failed", account=attempt.account.hex(), address=address)
            raise InvalidCredentialsError(WRONG)
        with self.sessions.begin() as session:
            count_success(session, attempt, now=self.clock())
        log.info("logged_in", user_id=grant.user_id, session_id=str(grant.session_id), address=address)
        return self._tokens(grant, signer)

    def by_refresh_token(self, refresh_token: str, *, address: str) -> Tokens:
        """Return the tokens with which a session goes on.

        Raises:
            RefreshTokenRejectedError: The token is good for nothing; if it was used before, its session has ended now.
        """
        signer, use, grant = self.keyring.signer(), Use.FIRST, None  # before the token is spent
        if len(refresh_token) <= MAX_REFRESH_TOKEN_CHARS:
            with self.sessions.begin() as session:
                use, grant = prolong_session(
                    session, refresh_token, token_lifetime=self.token_lifetime, now=self.clock()
                )
        if grant is None:
            log.warning("refresh_refused", is_reuse=use is Use.REUSED, address=address)
            raise RefreshTokenRejectedError("The refresh token is good for nothing; please log in again.")
        log.info("refreshed", user_id=grant.user_id, session_id=str(grant.session_id), is_repeat=use is Use.REPEATED)
        return self._tokens(grant, signer)

    def _begin(self, attempt: Attempt) -> None:
        try:
            with self.sessions.begin() as session:
                begin_attempt(session, attempt, self.patience, now=self.clock())
        except TooManyAttemptsError:
            log.warning("login_refused", account=attempt.account.hex(), address=attempt.network)
            raise

    def _grant(self, nickname: str, password: str) -> Grant | None:
        for _ in range(LOOKS):
            with self.sessions() as session:
                credential = credential_of(session, nickname)
            # No connection is held while the password is being hashed.
            matches = self.passwords.matches(credential.password_hash if credential else None, password)
            if credential is None or not matches:
                return None
            is_outdated = self.passwords.is_outdated(credential.password_hash)
            new_hash = self.passwords.hash(password) if is_outdated else None
            with suppress(UnknownCredentialsError), self.sessions.begin() as session:
                return open_session(
                    session, credential, token_lifetime=self.token_lifetime, new_hash=new_hash, now=self.clock()
                )
        return None

    def _tokens(self, grant: Grant, signer: Signer) -> Tokens:
        token = signer.sign(
            user_id=grant.user_id, session_id=grant.session_id, now=self.clock(), lifetime=self.token_lifetime
        )
        return {
            "token": token,
            "token_type": "Bearer",
            "expires_in": int(self.token_lifetime.total_seconds()),
            "refresh_token": grant.refresh_token,
        }
