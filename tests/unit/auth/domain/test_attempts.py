"""Guessing is slowed down, and nobody is locked out by others who guess."""

from datetime import UTC, datetime, timedelta

import pytest

from auth.domain.attempts import (
    ACCOUNT_FORGIVES,
    ADDRESS_FORGIVES,
    ADDRESS_KNOWN,
    FAILURES_KEPT,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    NOTHING,
    UNLIMITED,
    Patience,
    Record,
    TooManyAttemptsError,
    account_of,
    network_of,
    pause_before_next,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
PATIENCE = Patience()
NONE = timedelta(0)


KEY = b"key"


def failed(times: float, *, before: timedelta = timedelta(0), known: bool = False) -> Record:
    return Record(failures=times, failed_at=NOON - before, succeeded_at=NOON - timedelta(days=1) if known else None)


def pause(
    pair: Record = NOTHING, account: Record = NOTHING, address: Record = NOTHING, patience: Patience = PATIENCE
) -> timedelta:
    return pause_before_next(pair=pair, account=account, address=address, patience=patience, now=NOON)


def test_nobody_waits_who_was_never_wrong() -> None:
    assert pause() == NONE


def test_a_few_wrong_passwords_cost_nothing() -> None:
    assert pause(failed(PATIENCE.at_one - 1)) == NONE


def test_more_of_them_cost_twice_as_much_each_time() -> None:
    pauses = [pause(failed(PATIENCE.at_one + more)) for more in range(5)]
    assert pauses == [FIRST_PAUSE * factor for factor in (1, 2, 4, 8, 16)]


@pytest.mark.parametrize("more", [6, 7, 100, 10**9])
def test_but_never_more_than_a_minute(more: int) -> None:
    assert pause(failed(PATIENCE.at_one + more)) == LONGEST_PAUSE


def test_who_has_waited_may_go_on() -> None:
    assert pause(failed(PATIENCE.at_one + 100, before=LONGEST_PAUSE)) == timedelta(0)
    assert pause(failed(PATIENCE.at_one + 100, before=LONGEST_PAUSE / 2)) == LONGEST_PAUSE / 2


def test_after_an_hour_all_is_forgotten() -> None:
    assert pause(failed(PATIENCE.at_one + 100, before=FAILURES_KEPT)) == NONE


def test_others_who_guess_a_nickname_do_not_lock_its_owner_out() -> None:
    attacked = failed(10**6)
    assert pause(failed(0, known=True), account=attacked) == NONE
    assert pause(failed(PATIENCE.at_one - 1, known=True), account=attacked) == NONE


def test_not_even_at_an_address_that_is_new() -> None:
    assert pause(NOTHING, account=failed(10**6)) == NONE
    assert pause(failed(PATIENCE.stranger - 1), account=failed(10**6)) == NONE


def test_but_strangers_have_few_tries_while_many_guess() -> None:
    assert pause(failed(PATIENCE.stranger)) == NONE
    assert pause(failed(PATIENCE.stranger), account=failed(PATIENCE.for_one)) == FIRST_PAUSE


def test_an_address_is_known_for_a_month() -> None:
    before = Record(failures=PATIENCE.stranger, failed_at=NOON, succeeded_at=NOON - ADDRESS_KNOWN)
    assert pause(before, account=failed(PATIENCE.for_one)) == FIRST_PAUSE


def test_an_address_that_guesses_at_many_nicknames_is_slowed_down() -> None:
    assert pause(address=failed(100)) == ADDRESS_FORGIVES
    assert pause(address=failed(99)) == NONE


def test_and_is_forgiven_one_after_the_other() -> None:
    assert pause(address=failed(100, before=ADDRESS_FORGIVES / 2)) == ADDRESS_FORGIVES / 2
    assert pause(address=failed(100, before=ADDRESS_FORGIVES)) == NONE
    assert pause(address=failed(200, before=101 * ADDRESS_FORGIVES)) == NONE


def test_an_account_is_attacked_for_as_long_as_many_guess() -> None:
    stranger = failed(PATIENCE.stranger)
    assert pause(stranger, account=failed(100, before=ACCOUNT_FORGIVES)) == NONE
    assert pause(stranger, account=failed(200, before=99 * ACCOUNT_FORGIVES)) == FIRST_PAUSE


def test_but_not_for_those_who_are_known_there() -> None:
    assert pause(failed(0, known=True), address=failed(10**6)) == NONE


def test_without_limits_a_hundred_are_bearable_and_more_are_not() -> None:
    assert pause(failed(99), account=failed(99), address=failed(10**6), patience=UNLIMITED) == NONE
    assert pause(failed(100), patience=UNLIMITED) == FIRST_PAUSE


@pytest.mark.parametrize(("seconds", "told"), [(0.1, 1), (1.0, 1), (1.1, 2), (59.5, 60)])
def test_whoever_has_to_wait_is_told_how_long(seconds: float, told: int) -> None:
    assert TooManyAttemptsError(retry_after=timedelta(seconds=seconds)).retry_after_seconds == told


def test_an_account_is_the_same_in_any_case_and_known_or_not() -> None:
    assert account_of("Ann", KEY) == account_of("aNN", KEY)
    assert account_of("ann", KEY) != account_of("bob", KEY)
    assert account_of("\ud800", KEY)
    assert account_of("\0" * 10_000, KEY)


def test_without_the_key_nobody_finds_out_whose_it_is() -> None:
    assert account_of("ann", KEY) != account_of("ann", b"another")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::1", "::"),
        ("unix:", "unknown"),
        ("", "unknown"),
    ],
)
def test_whoever_has_many_addresses_of_one_network_is_one(address: str, network: str) -> None:
    assert network_of(address) == network
