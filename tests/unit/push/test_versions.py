"""Nothing that was sent goes back to an older version."""

import pytest

from push.versions import LatestVersions


def test_the_first_that_is_heard_of_a_message_is_news() -> None:
    assert LatestVersions().is_news("Message", 7, 1)


@pytest.mark.parametrize(("version", "is_news"), [(4, False), (5, False), (6, True)])
def test_only_a_newer_version_is_news(version: int, is_news: bool) -> None:  # noqa: FBT001 - it is what varies
    latest = LatestVersions()
    latest.is_news("User", 7, 5)
    assert latest.is_news("User", 7, version) is is_news


def test_what_is_no_news_changes_nothing() -> None:
    latest = LatestVersions()
    latest.is_news("Message", 7, 5)
    latest.is_news("Message", 7, 4)
    assert not latest.is_news("Message", 7, 5)


def test_a_version_that_nobody_knows_is_news_and_changes_nothing() -> None:
    latest = LatestVersions()
    latest.is_news("User", 7, 5)
    assert latest.is_news("User", 7, 0)
    assert not latest.is_news("User", 7, 5)


def test_each_message_and_each_user_has_versions_of_its_own() -> None:
    latest = LatestVersions()
    latest.is_news("Message", 7, 5)
    assert latest.is_news("Message", 8, 1)
    assert latest.is_news("User", 7, 1)


def test_what_was_sent_longest_ago_is_forgotten_first() -> None:
    latest = LatestVersions(max_models=2)
    latest.is_news("Message", 1, 5)
    latest.is_news("Message", 2, 5)
    latest.is_news("Message", 1, 6)
    latest.is_news("Message", 3, 5)
    assert not latest.is_news("Message", 1, 6)
    assert not latest.is_news("Message", 3, 5)
    assert latest.is_news("Message", 2, 5)


def test_who_begins_anew_has_sent_nothing() -> None:
    latest = LatestVersions()
    latest.is_news("Message", 7, 5)
    latest.forget()
    assert latest.is_news("Message", 7, 4)
