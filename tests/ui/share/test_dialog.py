"""What the share dialog says and makes."""

from __future__ import annotations

import html
import re

import pytest
from streamlit.testing.v1 import AppTest

from lib.records.links import from_link
from lib.ui.share import dialog
from lib.ui.shared import handoff
from tests.support.makers import answered, recipe
from tests.support.random_makers import HOSTILE


def test_the_frame_holds_the_link_and_nothing_can_leave_its_quotes() -> None:
    for text in HOSTILE:
        found = re.fullmatch(
            r'<iframe src="([^"<>]*)" title=.*></iframe>', dialog.frame(f"http://x/shared#r={text}"), re.S
        )
        assert found
        assert html.unescape(found[1]) == f"http://x/shared?embed=true#r={text}"


@pytest.mark.parametrize(
    ("shown", "made"),
    [
        ("https://x.example", "https://x.example/shared#r=abc"),
        ("https://x.example/", "https://x.example/shared#r=abc"),
        ("https://x.example:8443/compare", "https://x.example:8443/shared#r=abc"),
        ("https://x.example/shared?embed=true#r=old", "https://x.example/shared#r=abc"),
        ("https://x.example/tools/sirocco", "https://x.example/tools/sirocco/shared#r=abc"),
        ("https://x.example/tools/chat/compare", "https://x.example/tools/chat/shared#r=abc"),
        ("https://x.example/tools/chat", "https://x.example/tools/chat/shared#r=abc"),
    ],
)
def test_the_link_is_made_from_the_address_that_the_browser_shows(shown: str, made: str) -> None:
    assert dialog.address(shown, "abc") == made


def test_only_what_is_there_is_asked_about() -> None:
    answer = answered(recipe(), "Words.")
    assert list(dialog.contents("answer", [answer])) == ["answers", "times"]
    assert "6 characters" in dialog.contents("answer", [answer])["answers"]


def test_pages_to_carry_on_to_are_there() -> None:
    assert handoff.CHAT.exists()


def form(length: int) -> None:
    import random

    from lib.ui.share import dialog
    from tests.support.makers import answered, recipe

    text = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz ", k=length))
    dialog.show_share_form({"answer": [answered(recipe(), text)]}, "test")


@pytest.mark.parametrize(("length", "hinted"), [(100, False), (3_000, True)])
def test_the_counter_counts_the_whole_address_and_a_long_link_has_a_hint(length: int, hinted: bool) -> None:
    at = AppTest.from_function(form, args=(length,), default_timeout=15).run()
    assert not at.exception
    said = "\n".join(caption.value for caption in at.caption)
    url = next(code.value for code in at.code if "#r=" in code.value and "<" not in code.value)
    assert f"{len(url):,} of " in said
    assert ("may cut a link of more than 2,000 characters" in said) is hinted
    assert "Whoever gets the link or the file can read all that is in it" in said


def conversation_form() -> None:
    from lib.mistral.recipe import Message
    from lib.ui.share import dialog
    from tests.support.makers import answered, recipe

    first = Message("user", "One?"), Message("assistant", "Un.")
    second = recipe(messages=(*first, Message("user", "Two?")))
    answers = [answered(recipe("One?"), "Un."), answered(second, "Deux.")]
    dialog.show_share_form({"conversation": answers}, "form")


def test_the_answers_are_counted_as_they_are_shared() -> None:
    at = AppTest.from_function(conversation_form, default_timeout=15).run()
    assert at.checkbox(key="form-conversation-answers").label == "The 2 answers (8 characters)"
    at.checkbox(key="form-conversation-answers").uncheck().run()
    at.checkbox(key="form-conversation-turns").uncheck().run()
    assert not at.exception
    box = at.checkbox(key="form-conversation-answers")
    assert box.label == "The answer (5 characters)"
    assert not box.value


def comparison_form(differ: str, text: str) -> None:
    from lib.ui.share import dialog
    from tests.support.makers import answered, recipe

    made_by = [recipe("Hello", **{differ: value}) for value in (0.1, 0.9)]
    answers = [answered(each, f"{text}{number}" if text else "") for number, each in enumerate(made_by)]
    dialog.show_share_form({"comparison": answers}, "form")


def shared_with(at: AppTest) -> str | None:
    """The question of the link in the dialog."""
    url = next(code.value for code in at.code if "#r=" in code.value and "<" not in code.value)
    return from_link(url.partition("#r=")[2]).question


def test_a_comparison_is_shared_as_a_blind_taste_if_that_is_ticked() -> None:
    at = AppTest.from_function(comparison_form, args=("temperature", "Said "), default_timeout=15).run()
    assert shared_with(at) is None
    at.checkbox(key="form-taste").check().run()
    assert shared_with(at) == "best"
    at.radio(key="form-question").set_value("hottest").run()
    assert not at.exception
    assert shared_with(at) == "hottest"


def test_where_no_temperatures_are_compared_only_the_best_is_asked_for() -> None:
    at = AppTest.from_function(comparison_form, args=("top_p", "Said "), default_timeout=15).run()
    at.checkbox(key="form-taste").check().run()
    assert shared_with(at) == "best"
    assert not at.radio


def test_without_answers_there_is_no_blind_taste() -> None:
    at = AppTest.from_function(comparison_form, args=("temperature", "Said "), default_timeout=15).run()
    at.checkbox(key="form-comparison-answers").uncheck().run()
    assert "form-taste" not in [box.key for box in at.checkbox]
