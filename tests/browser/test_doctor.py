"""The Doctor page in a deployment that works and in ones that do not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from lib.bedrock.problems import ENTRIES
from lib.mistral.catalog import SAMPLE_MODEL_ID
from tests.support.app_process import app_process
from tests.support.chromium_pages import READY
from tests.support.environment import NOBODY, aws_settings
from tests.support.fake_bedrock import FakeBedrock
from tests.support.makers import summary
from tests.support.scripted_endpoint import Endpoint

LARGE_3 = "mistral.mistral-large-3-675b-instruct"


@pytest.fixture(scope="module")
def bedrock(endpoint: Endpoint) -> Iterator[FakeBedrock]:
    listed = [summary(SAMPLE_MODEL_ID), summary(LARGE_3)]
    with FakeBedrock(models=listed, answer=endpoint.url) as aws:
        yield aws


@pytest.fixture(scope="module")
def aws_app(bedrock: FakeBedrock) -> Iterator[str]:
    """A deployment whose models are listed and answer; the scripted engine makes the answers."""
    with app_process(**aws_settings(bedrock.url, bedrock.url)) as url:
        yield url


def opened(page: Page, url: str) -> Locator:
    """What the page says, once all of it is there."""
    page.goto(f"{url}/doctor")
    expect(page.get_by_role("heading", name="Doctor")).to_be_visible()
    expect(page.get_by_text("No keys or account numbers are shown.")).to_be_visible()
    expect(page.locator(READY)).to_be_visible()
    return page.get_by_test_id("stMain")


def prompts(bedrock: FakeBedrock) -> int:
    return len([path for path in bedrock.asked if path.startswith("/model/")])


def test_a_deployment_with_the_local_model_is_well_and_its_answer_streams(page: Page, local_app: str) -> None:
    main = opened(page, local_app)
    expect(main).to_contain_text("Everything that was checked works.")
    expect(main).to_contain_text("chunks over")
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_dead_endpoint_comes_first_with_its_fix(page: Page, dead_app: str) -> None:
    main = opened(page, dead_app)
    expect(main).to_contain_text("1 failed")
    text = main.inner_text()
    assert NOBODY in text
    assert ENTRIES["unreachable"].fix in text
    assert text.index(ENTRIES["unreachable"].title) < text.index("Backend\n")


def test_opening_the_page_sends_no_prompt_and_the_price_comes_before_the_calls(
    page: Page, aws_app: str, bedrock: FakeBedrock
) -> None:
    before = prompts(bedrock)
    main = opened(page, aws_app)
    expect(main).to_contain_text("2 models can be called.")
    page.get_by_role("button", name="Call each model").click()
    expect(page.get_by_text("A short answer from Mistral Large: at most 0.10 ¢")).to_be_visible()
    expect(page.get_by_text("One token from each of 2: at most 0.02 ¢")).to_be_visible()
    assert prompts(bedrock) == before
    page.get_by_role("button", name="Call", exact=True).click()
    expect(main).to_contain_text("15 chunks ")  # on a busy machine in bursts, of which Doctor warns
    expect(main.get_by_text("It answers (")).to_have_count(2)
    expect(page.get_by_role("button", name="Call", exact=True)).to_have_count(0)
    assert prompts(bedrock) == before + 3


def test_run_again_sees_what_was_repaired(page: Page, aws_app: str, bedrock: FakeBedrock) -> None:
    listed, bedrock.models = bedrock.models, "expired"
    main = opened(page, aws_app)
    again = page.get_by_role("button", name="Run again")
    again.click()
    expect(main).to_contain_text(ENTRIES["key-expired"].title)
    expect(main).to_contain_text(ENTRIES["key-expired"].fix)
    bedrock.models = listed
    again.click()
    expect(main).to_contain_text("Everything that was checked works.")


def test_a_phone_shows_it_without_sideways_scrolling(phone: Page, dead_app: str) -> None:
    opened(phone, dead_app)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
