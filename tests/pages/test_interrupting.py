"""While a page follows what arrives, Streamlit can run it again or stop it at any moment."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lib.bedrock.answer import Beat
from lib.mistral.catalog import LOCAL_MODEL_ID
from lib.records.shared import Kind
from tests.support.app_page import on_aws, on_local, run
from tests.support.live_page import LivePage
from tests.support.makers import answered, link, recipe
from tests.support.scripted_endpoint import Endpoint

pytestmark = pytest.mark.usefixtures("pages_open_fast")
HELD = pytest.mark.parametrize(
    ("prompt", "shown"),
    [("chunks=1 first=20", "Waiting for the first token"), ("chunks=2 rate=0.05", '"w1"')],
    ids=["before the first token", "between two tokens"],
)
"""A prompt whose answer does not end during a test, and what the page shows meanwhile."""


def assert_it_can_be_interrupted(live: LivePage, at: AppTest, shown: str) -> None:
    with live.running(at):
        live.wait_for(shown)
        live.rerun()
        live.wait_for(shown)
        live.stop()
        live.wait_until_the_script_has_ended()


def link_to(kind: Kind, prompt: str, *beats: Beat) -> str:
    """A link to an answer `w1 w2` with these times; for a comparison, to two of them."""
    temperatures = (0.1, 0.9) if kind == "comparison" else (0.1,)
    recipes = [recipe(prompt, LOCAL_MODEL_ID, temperature=temperature) for temperature in temperatures]
    return link(*(answered(each, "w1 w2", timeline=beats) for each in recipes), kind=kind)


@HELD
def test_the_chat_can_be_interrupted(live: LivePage, endpoint: Endpoint, prompt: str, shown: str) -> None:
    at = on_aws(endpoint.url)
    at.chat_input[0].set_value(prompt)
    assert_it_can_be_interrupted(live, at, shown)


@HELD
def test_a_comparison_in_which_a_call_waits_can_be_interrupted(
    live: LivePage, endpoint: Endpoint, prompt: str, shown: str
) -> None:
    at = on_local(endpoint.url)
    at.switch_page("../../../pages/compare.py")
    run(at).multiselect(key="compare-temperature-1").set_value([0.0, 0.2, 0.5, 0.7, 1.0])
    at.text_area(key="compare-prompt").set_value(prompt)
    at.button(key="compare-run").click()
    try:
        assert_it_can_be_interrupted(live, at, shown)
    finally:  # a column that cannot be interrupted would wait in the queue for ever
        at.session_state["session"].comparisons.runs[0].stop()


@HELD
def test_a_shared_recipe_that_is_run_here_can_be_interrupted(
    live: LivePage, endpoint: Endpoint, prompt: str, shown: str
) -> None:
    at = on_local(endpoint.url)
    at.switch_page("../../../pages/shared.py")
    at.query_params["r"] = link_to("answer", prompt)
    run(at).button(key="shared-run-0").click()
    assert_it_can_be_interrupted(live, at, shown)


@pytest.mark.parametrize("kind", ["answer", "comparison"])
def test_a_recorded_answer_that_is_played_can_be_interrupted(
    live: LivePage, endpoint: Endpoint, kind: Kind
) -> None:
    at = on_local(endpoint.url)
    at.switch_page("../../../pages/shared.py")
    at.query_params["r"] = link_to(kind, "Say it.", Beat(0, 3), Beat(20_000, 2))
    assert_it_can_be_interrupted(live, at, '"w1"')
