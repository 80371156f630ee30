"""What a visitor sees of the gate: a refusal is a card, nothing is sent, and no text is lost."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.mistral.catalog import LOCAL_MODEL_ID
from lib.mistral.cost import USD, worst_cost
from lib.mistral.recipe import Message, Recipe
from lib.records.links import to_link
from lib.records.shared import share
from lib.ui.app.startup import ROOT
from tests.support.app_page import (
    answers,
    ask,
    bodies,
    button,
    everything,
    lines,
    on_aws,
    on_local,
    opened,
    run,
)
from tests.support.environment import NOBODY
from tests.support.makers import DAY, answered
from tests.support.scripted_endpoint import Endpoint
from tests.support.waiting import eventually

COMPARE = "../../../pages/compare.py"
pytestmark = pytest.mark.usefixtures("pages_open_fast")


def limited(endpoint: Endpoint, tmp_path: Path, **settings: str) -> AppTest:
    return on_aws(endpoint.url, SIROCCO_LEDGER=f"sqlite:{tmp_path}/ledger.db", **settings)


def with_budget(at: AppTest) -> str:
    """Everything on the page, once the ledger has answered; a slow one is asked again by the next run."""

    def shown() -> bool:
        if re.search("for today is left|The budget (of today|cannot)", everything(at)):
            return True
        run(at)
        return False

    eventually(shown)
    return everything(at)


def test_without_a_budget_a_stranger_is_told_which_setting_is_missing(endpoint: Endpoint) -> None:
    served = endpoint.state()["served"]
    at = ask(on_aws(endpoint.url, SIROCCO_DAILY_USD=""), "chunks=3 rate=0")
    assert "No budget is set for visitors" in everything(at)
    assert any("SIROCCO_DAILY_USD" in text.value for text in at.text)
    assert at.chat_message[0].text[0].value == "chunks=3 rate=0"
    assert endpoint.state()["served"] == served


def test_with_a_budget_max_tokens_is_lowered_and_the_recipe_shows_what_was_sent(
    endpoint: Endpoint, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        at = ask(limited(endpoint, tmp_path, SIROCCO_DAILY_USD="5"), "chunks=3 rate=0")
    assert [body["max_tokens"] for body in bodies(caplog)] == [512]
    assert answers(at) == ["w1 w2 w3"]


def test_a_refused_prompt_stays_and_can_be_retried(endpoint: Endpoint, tmp_path: Path) -> None:
    at = limited(endpoint, tmp_path, SIROCCO_DAILY_USD="5", SIROCCO_VISITOR_PER_MINUTE="1")
    at = ask(ask(at, "chunks=3 rate=0"), "chunks=4 rate=0")
    assert "Too many calls in one minute" in everything(at)
    assert at.chat_message[2].text[0].value == "chunks=4 rate=0"
    assert button(at, "Retry")


def test_a_comparison_that_is_refused_sends_nothing_and_keeps_its_prompt(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    at = limited(endpoint, tmp_path, SIROCCO_DAILY_USD="5", SIROCCO_VISITOR_PER_MINUTE="3")
    at.switch_page(COMPARE)
    served = endpoint.state()["served"]
    at = run(at)
    at.text_area(key="compare-prompt").set_value("chunks=3 rate=0")
    at.button(key="compare-run").click()
    at = run(at)
    assert "Nothing was sent. Too many calls in one minute" in at.error[0].value
    assert at.text_area(key="compare-prompt").value == "chunks=3 rate=0"
    assert at.button(key="compare-run").label == "Run"
    assert endpoint.state() == {"active": 0, "served": served}


def test_a_comparison_runs_in_the_places_that_its_visitor_may_have(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    at = limited(endpoint, tmp_path, SIROCCO_DAILY_USD="5", SIROCCO_AT_ONCE="4")
    at.switch_page(COMPARE)
    at = run(at)
    at.text_area(key="compare-prompt").set_value("chunks=3 rate=0")
    at.button(key="compare-run").click()
    at = run(at)
    assert everything(at).count("w1 w2 w3") == 4
    assert not at.error


def test_a_link_that_is_too_long_to_run_opens_for_reading_and_says_why() -> None:
    recipe = Recipe(
        model_id="mistral.mistral-large-2402-v1:0", messages=(Message("user", "Hello"),), system="x" * 110_000
    )
    opened({"SIROCCO_BACKEND": "local", "SIROCCO_LOCAL_URL": "http://127.0.0.1:9"})
    at = AppTest.from_file(str(ROOT / "pages" / "shared.py"), default_timeout=15)
    at.query_params["r"] = to_link(share("answer", [answered(recipe, "Good day.")], on=DAY))
    at = run(at)
    assert "Good day." in everything(at)
    assert at.button(key="shared-run-0").disabled
    assert "It cannot be run. The system text has 110&#44;000 characters&#44;" in everything(at)


def test_the_local_model_needs_no_budget(endpoint: Endpoint) -> None:
    at = ask(on_local(endpoint.url), "chunks=3 rate=0")
    assert answers(at) == ["w1 w2 w3"]


def test_beside_aws_the_local_model_is_in_the_list_and_answers_strangers_without_a_budget(
    endpoint: Endpoint,
) -> None:
    at = on_aws(NOBODY, SIROCCO_DAILY_USD="", SIROCCO_LOCAL_MODEL="1", SIROCCO_LOCAL_URL=endpoint.url)
    assert "SmolLM2 135M" in at.selectbox(key="model").options
    at.selectbox(key="model").set_value(LOCAL_MODEL_ID)
    at = run(at)
    assert "Answers come from a small model on the server of this page, not from Mistral AI." in everything(
        at
    )
    at = ask(at, "chunks=3 rate=0")
    assert answers(at) == ["w1 w2 w3"]
    assert "free" in lines(at)[0]


def test_where_a_budget_is_set_the_page_tells_what_is_left_and_what_a_prompt_costs_at_most(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    at = limited(endpoint, tmp_path, SIROCCO_DAILY_USD="5")
    assert r"\$1.25 of your \$1.25 for today is left." in with_budget(at)
    most = re.search(r"A prompt of up to 200 characters costs at most \\\$([\d.]+)\.", everything(at))
    assert most
    at = ask(at, "🌬" * 200)
    assert (reserved := worst_cost(at.session_state["session"].conversation.root.variant.answer.recipe))
    assert reserved <= float(most[1]) * USD
    assert r"\$1.25 of your" in with_budget(at)
    assert at.get("progress")[0].proto.value == 99
    at.switch_page(COMPARE)
    assert r"of your \$1.25 for today is left." in with_budget(run(at))


def test_what_an_answer_has_cost_is_gone_from_what_is_left_when_it_ends(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    at = limited(endpoint, tmp_path, SIROCCO_DAILY_USD="0.08")
    assert r"\$0.02 of your \$0.02 for today is left." in with_budget(at)
    at = ask(ask(at, "chunks=300 rate=0"), "chunks=300 rate=0")
    assert re.search(r"\$0\.01 of your \\\$0\.02 for today is left\. .* at most", with_budget(at))


def test_an_empty_budget_is_a_card_that_says_what_still_works(endpoint: Endpoint, tmp_path: Path) -> None:
    served = endpoint.state()["served"]
    at = limited(
        endpoint, tmp_path, SIROCCO_DAILY_USD="0", SIROCCO_LOCAL_MODEL="1", SIROCCO_LOCAL_URL=endpoint.url
    )
    assert "**The budget of today is used up**" in with_budget(at)
    assert re.search(r"It opens again at 00:00 UTC, in [\d hoursandminute]+\.", everything(at))
    assert "for today is left" not in everything(at)
    at.button(key="gallery-sea").click()
    at = run(at)
    assert at.title[0].value == "A shared comparison"
    assert "it comes with this app" in everything(at)
    at.switch_page("../../../pages/chat.py")
    at = run(at)
    at.button(key="budget-local").click()
    at = run(at)
    assert "used up" not in everything(at)
    at = ask(at, "chunks=3 rate=0")
    assert answers(at) == ["w1 w2 w3"]
    assert endpoint.state()["served"] == served + 1


def test_a_page_that_is_closed_to_strangers_says_what_still_works(endpoint: Endpoint) -> None:
    at = on_aws(endpoint.url, SIROCCO_DAILY_USD="")
    assert "**No budget is set for visitors**" in everything(at)
    assert at.button(key="gallery-fruits")
    assert not [made for made in at.button if made.key == "budget-local"]
    at.switch_page(COMPARE)
    assert "**No budget is set for visitors**" in everything(run(at))


def test_an_outage_of_the_ledger_is_one_sentence(endpoint: Endpoint, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    at = on_aws(endpoint.url, SIROCCO_DAILY_USD="5", SIROCCO_LEDGER=f"sqlite:{tmp_path}/file/ledger.db")
    assert "The budget cannot be looked up at the moment, so no model that costs something is called." in (
        with_budget(at)
    )
