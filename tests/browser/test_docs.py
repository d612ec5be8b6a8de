"""The page on which the API can be tried."""

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.visitor import Visit, Visitor


@pytest.fixture
def reader(visit: Visit) -> Visitor:
    """Somebody who looks at the API."""
    visitor = visit()
    visitor.page.goto("/api/v1/docs")
    return visitor


def execute(page: Page, operation: str) -> Response:
    """Open *operation*, execute it as it stands there, and return what came back."""
    page.locator(f"#operations-{operation}").get_by_role("button").first.click()
    with page.expect_response(lambda response: "/api/v1/" in response.url) as answer:
        page.get_by_role("button", name="Execute").click()
    return answer.value


def test_the_page_tells_of_all_endpoints(reader: Visitor) -> None:
    expect(reader.page.get_by_role("heading", name="Flack")).to_be_visible()
    for path in ("/api/v1/users/me", "/api/v1/messages/{message_id}", "/api/v1/tasks/{task_id}", "/api/v1/tokens"):
        expect(reader.page.locator(f'[data-path="{path}"]').first).to_be_visible()
    assert reader.all_troubles() == []


def test_who_is_nobody_can_try_to_read(reader: Visitor) -> None:
    answer = execute(reader.page, "messages-messages_index")
    assert answer.status == 200
    assert "messages" in answer.json()
    expect(reader.page.locator(".live-responses-table .response .response-col_status")).to_have_text("200")
    assert reader.all_troubles() == []


def test_the_same_page_is_there_by_the_old_name(visit: Visit) -> None:
    visitor = visit()
    visitor.page.goto("/api/docs")
    expect(visitor.page.get_by_role("heading", name="Flack")).to_be_visible()
