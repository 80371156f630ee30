"""A model that thinks before it answers, on every page."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from lib.local.shapes import THINKING_FORMS, THOUGHT
from lib.records.links import to_link
from lib.records.shared import share
from tests.support.app_page import answers, ask, bodies, everything, message, more, on_aws, on_local, run
from tests.support.environment import NOBODY
from tests.support.live_page import LivePage
from tests.support.makers import DAY, answered, recipe
from tests.support.scripted_endpoint import Endpoint, scripted

pytestmark = pytest.mark.usefixtures("pages_open_fast")
SAID = "".join(THOUGHT)


@pytest.fixture(scope="module")
def thinker() -> Iterator[Endpoint]:
    """A service whose models think for about two seconds."""
    with scripted(None, "--shape", THINKING_FORMS[0]) as endpoint:
        yield endpoint


def folds(at: AppTest) -> list[tuple[str, bool, str]]:
    """The label of each expander with thinking, whether it is open, and its text."""
    found = [expander for expander in at.expander if expander.icon == ":material/psychology:"]
    return [(fold.label, fold.proto.expanded, fold.text[0].value) for fold in found]


def test_while_it_thinks_the_page_says_so_and_counts_the_seconds(live: LivePage, thinker: Endpoint) -> None:
    at = on_aws(thinker.url)
    at.chat_input[0].set_value("chunks=3 rate=0")
    with live.running(at):
        live.wait_for("Thought for 2 s")
        assert not live.count("Thinking")
        live.wait_for("finished")
    counted = [label for drawn in live.history for label in re.findall(r'"(Thinking.*?)"', drawn)]
    assert counted == sorted(counted)
    assert "Thinking, 1 s" in counted
    assert set(counted) <= {"Thinking", "Thinking, 1 s", "Thinking, 2 s"}


def test_afterwards_a_closed_fold_holds_it_and_the_line_has_no_speed(thinker: Endpoint) -> None:
    at = ask(on_aws(thinker.url), "chunks=9 rate=0")
    assert folds(at) == [("Thought for 2 s", False, SAID)]
    assert answers(at) == ["w1 w2 w3 w4 w5 w6 w7 w8 w9"]
    line = message(at, 0).expander[1].label
    assert f"29 out including thinking · thought {len(SAID)} characters in " in line
    assert "first text" in line
    assert "tokens/s" not in line
    assert folds(run(at)) == [("Thought for 2 s", False, SAID)]


def test_it_is_never_sent_back(thinker: Endpoint, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        ask(ask(on_aws(thinker.url), "chunks=2 rate=0"), "chunks=1 rate=0")
    second = str(bodies(caplog)[1])
    assert "w1 w2" in second
    assert "somebody" not in second


def test_a_limit_used_up_by_thinking_is_called_that_and_nothing_offers_to_go_on(thinker: Endpoint) -> None:
    at = on_aws(thinker.url)
    at.slider(key="max_tokens").set_value(5)
    at = ask(at, "chunks=9 rate=0")
    assert "The model was still thinking" in everything(at)
    assert folds(at)[0][2] == "".join(THOUGHT[:5]).strip()
    assert "Continue" not in [button.label for button in at.button]


def test_a_comparison_has_a_fold_in_each_column(thinker: Endpoint) -> None:
    at = on_aws(thinker.url)
    at.switch_page("../../../pages/compare.py")
    at = run(at)
    at.text_area(key="compare-prompt").set_value("chunks=3 rate=0")
    at.button(key="compare-run").click()
    at = run(at)
    assert [fold[2] for fold in folds(at)] == [SAID] * 4
    assert list(at.table[0].value["Tokens/s"]) == [""] * 4


def test_the_share_dialog_leaves_it_out_unless_it_is_ticked(thinker: Endpoint) -> None:
    at = more(ask(on_aws(thinker.url), "chunks=3 rate=0"), 0, "Share")
    box = next(box for box in at.checkbox if "thought before it answered" in box.label)
    assert not box.value
    assert f"({len(SAID)} characters)" in box.label


@pytest.mark.parametrize("wanted", [True, False])
def test_a_recipient_sees_it_if_the_sender_wants_it(wanted: bool) -> None:
    made = answered(recipe(), "4", thinking=SAID, thinking_ms=4100.0, timeline=())
    without = () if wanted else ("thinking",)
    at = on_local(NOBODY)
    at.switch_page("../../../pages/shared.py")
    at.query_params["r"] = to_link(share("answer", [made], on=DAY, without=without))  # type: ignore[arg-type]
    at = run(at)
    assert folds(at) == ([("Thought for 4 s", False, SAID)] if wanted else [])
    assert ("Left out by the sender: the thinking." in everything(at)) is not wanted
    assert "including thinking" in everything(at)
