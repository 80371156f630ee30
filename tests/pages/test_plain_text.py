"""Plain text: a switch that shows the exact characters of an answer."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lib.records.links import to_link
from lib.records.shared import share
from tests.support.app_page import answers, ask, more, on_local, run
from tests.support.environment import NOBODY
from tests.support.makers import DAY, answered, recipe
from tests.support.scripted_engine import PRICES

pytestmark = pytest.mark.usefixtures("pages_open_fast")
EXACT = "\n  # no *title*\n\n    $5 -- ~3~  :smile:\n\n"


def switches(at: AppTest) -> list[AppTest]:
    return [switch for switch in at.toggle if switch.label == "Plain text"]


def codes(at: AppTest) -> list[str]:
    return [code.value for code in at.code]


def test_the_switch_shows_the_exact_characters_and_stays_on(aws: AppTest) -> None:
    at = ask(aws, "text=prices rate=0")
    assert r"\$3.50" in answers(at)[0]
    switches(at)[0].set_value(True)
    at = run(at)
    assert codes(at) == [PRICES]
    assert codes(run(at)) == [PRICES]
    at.switch_page("../../../pages/doctor.py")
    run(at).switch_page("../../../pages/chat.py")
    assert codes(run(at)) == [PRICES]
    switches(at)[0].set_value(False)
    assert r"\$3.50" in answers(run(at))[0]


def test_each_answer_has_a_switch_of_its_own(aws: AppTest) -> None:
    at = ask(ask(aws, "text=prices rate=0"), "text=image rate=0")
    at = more(at, 0, "Plain text")
    assert codes(at) == [PRICES]
    assert "Here it is" in answers(at)[1]
    at = more(at, 0, "Formatted text")
    assert not codes(at)


def test_a_new_answer_below_leaves_plain_text_on(aws: AppTest) -> None:
    at = ask(aws, "text=prices rate=0")
    switches(at)[0].set_value(True)
    assert codes(ask(run(at), "chunks=2 rate=0")) == [PRICES]


def test_a_recipient_has_the_switch() -> None:
    at = on_local(NOBODY)
    at.switch_page("../../../pages/shared.py")
    at.query_params["r"] = to_link(share("answer", [answered(recipe(), EXACT)], on=DAY, without=["times"]))
    at = run(at)
    switches(at)[0].set_value(True)
    assert codes(run(at)) == [EXACT]


def test_one_switch_of_the_comparison_shows_every_column_as_plain_text(
    aws: AppTest,
) -> None:
    aws.switch_page("../../../pages/compare.py")
    at = run(aws)
    at.text_area(key="compare-prompt").set_value("text=prices rate=0")
    at.button(key="compare-run").click()
    at = run(at)
    switches(at)[0].set_value(True)
    assert codes(run(at)) == [PRICES] * 4
