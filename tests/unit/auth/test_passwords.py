"""Passwords are kept as Argon2id hashes that cost what OWASP asks for."""

import threading

import argon2
import gevent
import pytest

from auth.passwords import CONCURRENT_HASHES, MAX_WAITING, Passwords, TooManyPasswordsError


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords()


def test_a_hash_is_of_argon2id_with_19_mib_two_rounds_and_one_lane(passwords: Passwords) -> None:
    parameters = argon2.extract_parameters(passwords.hash("hunter22"))
    assert parameters.type is argon2.Type.ID
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19 * 1024, 2, 1)
    assert parameters.salt_len >= 16
    assert parameters.hash_len >= 32


def test_the_password_itself_is_not_kept(passwords: Passwords) -> None:
    assert "hunter22" not in passwords.hash("hunter22")


def test_two_hashes_of_one_password_differ(passwords: Passwords) -> None:
    assert passwords.hash("hunter22") != passwords.hash("hunter22")


@pytest.mark.parametrize(
    "password", ["hunter22", "correct horse battery staple", "пароль-ß-\U0001f600", " " * 8, "x" * 128]
)
def test_a_password_matches_its_hash(passwords: Passwords, password: str) -> None:
    assert passwords.matches(passwords.hash(password), password)


def test_no_other_password_does(passwords: Passwords) -> None:
    hashed = passwords.hash("hunter22")
    for wrong in ("", "hunter2", "hunter222", "Hunter22", "hunter22 ", "hunter22\0"):
        assert not passwords.matches(hashed, wrong)


@pytest.mark.parametrize("password", ["", "hunter22", "nobody has this password"])
@pytest.mark.parametrize("nobody", [None, ""])
def test_nobody_has_any_password(passwords: Passwords, nobody: str | None, password: str) -> None:
    assert not passwords.matches(nobody, password)


@pytest.mark.parametrize(
    "damaged", ["x", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=8,t=1,p=1$x$y"]
)
def test_a_damaged_hash_matches_nothing(passwords: Passwords, damaged: str) -> None:
    assert not passwords.matches(damaged, "hunter22")


def test_unknown_users_cost_as_much_as_known_ones(passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[argon2.Parameters] = []
    verify = argon2.PasswordHasher.verify

    def note(hasher: argon2.PasswordHasher, hashed: str, password: str) -> bool:
        verified.append(argon2.extract_parameters(hashed))
        return verify(hasher, hashed, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", note)
    passwords.matches(passwords.hash("hunter22"), "wrong")
    passwords.matches(None, "wrong")
    assert len(verified) == 2
    assert verified[0] == verified[1]


def test_others_work_while_a_password_is_hashed(passwords: Passwords) -> None:
    order: list[str] = []

    def hash_one() -> None:
        passwords.hash("hunter22")
        order.append("hashed")

    hashing = gevent.spawn(hash_one)
    gevent.spawn(order.append, "worked")
    hashing.join()
    assert order == ["worked", "hashed"]


def test_only_two_are_hashed_at_a_time(passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, release = threading.Semaphore(0), threading.Event()

    def hash_slowly(_hasher: argon2.PasswordHasher, _password: str) -> str:
        begun.release()
        release.wait(10)
        return "hash"

    monkeypatch.setattr(argon2.PasswordHasher, "hash", hash_slowly)
    hashing = [gevent.spawn(passwords.hash, "hunter22") for _ in range(5)]
    gevent.sleep(0)
    assert begun.acquire(timeout=10)
    assert begun.acquire(timeout=10)
    assert not begun.acquire(timeout=0.1)
    release.set()
    gevent.joinall(hashing)
    assert [greenlet.value for greenlet in hashing] == ["hash"] * 5


def test_whoever_comes_when_too_many_wait_is_sent_away_at_once(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()

    def hash_slowly(_hasher: argon2.PasswordHasher, _password: str) -> str:
        release.wait(10)
        return "hash"

    monkeypatch.setattr(argon2.PasswordHasher, "hash", hash_slowly)
    waiting = [gevent.spawn(passwords.hash, "hunter22") for _ in range(CONCURRENT_HASHES + MAX_WAITING)]
    gevent.sleep(0)
    for attempt in (lambda: passwords.hash("hunter22"), lambda: passwords.matches(None, "hunter22")):
        with pytest.raises(TooManyPasswordsError):
            attempt()
    release.set()
    gevent.joinall(waiting)
    assert passwords.hash("hunter22") == "hash", "there is room again"


def test_a_hash_of_another_cost_is_outdated(passwords: Passwords) -> None:
    cheap = Passwords(iterations=1).hash("hunter22")
    assert passwords.is_outdated(cheap)
    assert passwords.matches(cheap, "hunter22")
    assert not passwords.is_outdated(passwords.hash("hunter22"))
