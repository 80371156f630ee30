"""The shared page: opens what is good, names what is not, carries it on."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.bedrock.reply import Reply
from lib.conversation.tree import Conversation, Variant
from lib.mistral.dialects import body
from lib.mistral.recipe import Message, Recipe
from lib.records.links import to_link
from lib.records.shared import PARTS, share
from lib.records.storage_state import SharedLinkState
from lib.ui.app.session import Session
from lib.ui.app.startup import ROOT
from lib.ui.share.gallery import gallery
from lib.ui.shared.handoff import conversation
from tests.support import random_makers
from tests.support.app_page import bodies, on_aws, opened, run
from tests.support.calls import runtime, start
from tests.support.environment import NOBODY
from tests.support.makers import DAY, answered, recipe, restored, stored
from tests.support.scripted_endpoint import Endpoint


def visit(link: str | None) -> AppTest:
    opened({"SIROCCO_BACKEND": "local", "SIROCCO_LOCAL_URL": NOBODY})
    at = AppTest.from_file(str(ROOT / "pages" / "shared.py"), default_timeout=15)
    if link is not None:
        at.query_params["r"] = link
    return run(at)


def texts(at: AppTest) -> str:
    found: list[Any] = [*at.markdown, *at.caption, *at.text]
    return "\n".join(element.value for element in found)


@pytest.mark.usefixtures("pages_open_fast")
@pytest.mark.parametrize("number", range(6))
def test_whatever_was_shared_opens_without_times_at_once(number: int) -> None:
    rng = random.Random(number)
    kind = ("answer", "conversation", "comparison")[number % 3]
    answers = random_makers.conversation(rng, 3) if kind == "conversation" else []
    answers = answers or [
        random_makers.answer(rng, random_makers.recipe(rng)) for _ in range(1 + (kind == "comparison"))
    ]
    at = visit(to_link(share(kind, answers, on=DAY, without=["times"])))
    assert "Recorded by the sender on 22 November 2026, not verified." in texts(at)
    assert "when each piece arrived" in texts(at)
    assert at.button(key="shared-chat").label == "Continue in chat"


@pytest.mark.usefixtures("pages_open_fast")
@pytest.mark.parametrize("link", ["", "AAAA", "x" * 7000, "<script>", "%00"])
def test_a_bad_link_says_why_and_offers_a_file(link: str) -> None:
    at = visit(link)
    assert "This link" in texts(at)
    assert at.file_uploader(key="shared-file")


@pytest.mark.usefixtures("pages_open_fast")
def test_without_a_link_the_page_asks_for_a_file() -> None:
    """Once the browser has told that there is none behind `#`; before that, the page shows nothing."""
    at = visit(None)
    assert not at.title
    at.session_state["session"].shared_link_state.heard = True
    assert run(at).title[0].value == "Open a shared answer"


def test_a_conversation_carried_on_has_every_prompt_and_answer() -> None:
    rng = random.Random(3)
    for _ in range(50):
        answers = random_makers.conversation(rng, 4)
        chat, waiting = conversation(share("conversation", answers, on=DAY))
        assert [turn.variant.answer.text for turn in chat.turns()] == [answer.text for answer in answers]
        assert waiting == ""


def kept_by_the_browser(chat: Conversation) -> Conversation:
    return restored(stored(chat)).conversation


def recipes(chat: Conversation) -> list[Recipe]:
    return [turn.variant.parts[0].recipe for turn in chat.turns()]


def test_earlier_turns_carried_on_are_in_every_recipe_after_a_reload() -> None:
    messages = (
        *(Message("user", "One?"), Message("assistant", "Un.")),
        *(Message("user", "Two?"), Message("assistant", "Deux.")),
        Message("user", "Three?"),
    )
    shared = share("answer", [answered(recipe(messages=messages), "Trois.")], on=DAY)
    chat, _ = conversation(shared)
    assert [len(made_by.messages) for made_by in recipes(chat)] == [1, 3, 5]
    back = restored(stored(chat))
    assert recipes(back.conversation) == recipes(chat)
    assert not back.incomplete


def test_a_conversation_carried_on_has_the_same_recipes_after_a_reload() -> None:
    rng = random.Random(6)
    for _ in range(20):
        answers = random_makers.conversation(rng, 4)
        chat, _ = conversation(share("conversation", answers, on=DAY))
        assert recipes(kept_by_the_browser(chat)) == recipes(chat)


def test_turns_that_did_not_fit_are_in_no_recipe_after_a_reload() -> None:
    first = recipe("One?")
    second = recipe(messages=(Message("user", "One?"), Message("assistant", "Un."), Message("user", "Two?")))
    third = recipe(
        messages=(Message("user", "Two?"), Message("assistant", "Deux."), Message("user", "Three?"))
    )
    answers = [answered(first, "Un."), answered(second, "Deux."), answered(third, "Trois.")]
    chat, _ = conversation(share("conversation", answers, on=DAY))
    assert [len(made_by.messages) for made_by in recipes(kept_by_the_browser(chat))] == [1, 3, 3]


def test_a_turn_that_repeats_more_than_was_shared_repeats_every_turn_that_was() -> None:
    one, two = Message("user", "One?"), Message("user", "Two?")
    before = (Message("user", "Zero?"), Message("assistant", "Null."))
    said = (one, Message("assistant", "Un."), two, Message("assistant", "Deux."))
    answers = [
        answered(recipe(messages=(one,)), "Un."),
        answered(recipe(messages=said[:3]), "Deux."),
        answered(recipe(messages=(*before, *said, Message("user", "Three?"))), "Trois."),
    ]
    chat, _ = conversation(share("conversation", answers, on=DAY))
    first, second, third = (turn.variant for turn in chat.turns())
    assert third.sent == (first.id, second.id)


def test_an_answer_that_was_continued_is_one_answer_in_the_chat_and_after_a_reload() -> None:
    messages = (Message("user", "Count."), Message("assistant", "Un, "))
    chat, _ = conversation(share("answer", [answered(recipe(messages=messages), "deux.")], on=DAY))
    back = kept_by_the_browser(chat)
    assert [turn.variant.answer.text for turn in back.turns()] == ["Un, deux."]
    assert recipes(back) == [recipe("Count.")]
    assert not chat.turns()[0].variant.answer.timeline  # nobody knows when its beginning arrived


def test_a_prompt_without_its_answer_waits_in_the_chat() -> None:
    rng = random.Random(4)
    for without in (["answers"], list(PARTS)):
        answers = random_makers.conversation(rng, 3)
        _, waiting = conversation(share("conversation", answers, on=DAY, without=without))
        assert waiting == next(
            turn.text for turn in reversed(answers[-1].recipe.messages) if turn.role == "user"
        )


@pytest.mark.usefixtures("pages_open_fast")
def test_changed_links_never_break_the_page() -> None:
    rng = random.Random(5)
    good = to_link(share("answer", [random_makers.answer(rng, random_makers.recipe(rng), 20)], on=DAY))
    for _ in range(25):
        at = rng.randrange(len(good))
        changed = good[:at] + rng.choice(("", "A", "_", "é", "\0", good)) + good[at + rng.randint(0, 9) :]
        assert visit(changed).title  # `run` has looked for exceptions


LARGE, SMALL = "mistral.mistral-large-2402-v1:0", "mistral.ministral-3-8b-instruct"
SAME = {
    "model_id": LARGE,
    "messages": (Message("user", "chunks=2 rate=0"),),
    "temperature": 0.4,
    "max_tokens": 99,
}


@pytest.mark.usefixtures("pages_open_fast")
@pytest.mark.parametrize(
    "different",
    [
        [{"temperature": 0.15}, {"temperature": 0.6}, {"temperature": 0.95}],
        [{"top_p": 0.2}, {"top_p": 0.35}],
        [{"model_id": SMALL}, {"model_id": "mistral.magistral-small-2509"}, {"model_id": LARGE}],
    ],
    ids=["temperature", "top_p", "model"],
)
def test_a_shared_comparison_is_run_here_with_exactly_its_values(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture, different: list[dict[str, Any]]
) -> None:
    compared = [Recipe(**{**SAME, **one}) for one in different]
    shared = share("comparison", [answered(made_by, "Said.") for made_by in compared], on=DAY)
    at = on_aws(endpoint.url)
    at.switch_page("../../../pages/shared.py")
    at.query_params["r"] = to_link(shared)
    run(at).button(key="shared-compare").click()
    assert run(at).title[0].value == "Compare"
    at.switch_page(
        "../../../pages/compare.py"
    )  # or AppTest would go back to the page that it was told before
    at.button(key="compare-run").click()
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        run(at)
    sent = [body(made_by) for made_by in compared]
    assert sorted(bodies(caplog), key=str) == sorted(map(json.loads, sent), key=str)


@pytest.mark.usefixtures("pages_open_fast")
def test_without_a_link_the_recordings_of_the_gallery_are_listed_and_play_without_a_model() -> None:
    at = visit(None)
    at.session_state["session"] = Session(shared_link_state=SharedLinkState(heard=True))  # the browser told
    run(at)
    listed = [made for made in at.button if str(made.key).startswith("gallery-")]
    assert len(listed) == len(gallery())
    assert listed[0].label.endswith("· SmolLM2 135M · comparison of 3")
    listed[0].click()
    at = run(at)
    assert at.title[0].value == "A shared comparison"
    assert "sleepy town" in texts(at)


@pytest.fixture
def shared_page(endpoint: Endpoint) -> AppTest:
    """A shared comparison of two quick answers, without the times of its pieces."""
    compared = [recipe("chunks=2 rate=0", temperature=temperature) for temperature in (0.1, 0.9)]
    shared = share("comparison", [answered(each, "Said.") for each in compared], on=DAY, without=["times"])
    at = on_aws(endpoint.url)
    at.switch_page("../../../pages/shared.py")
    at.query_params["r"] = to_link(shared)
    return run(at)


@pytest.fixture
def endless(endpoint: Endpoint) -> Iterator[Reply]:
    """An answer that arrives as long as a test lasts."""
    reply = start(runtime(endpoint.url), recipe("chunks=1000 rate=1"))
    yield reply
    reply.close()


@pytest.mark.usefixtures("pages_open_fast")
def test_a_recipe_that_is_run_here_stops_the_one_before(shared_page: AppTest, endless: Reply) -> None:
    opened_link = shared_page.session_state["session"].opened
    opened_link.fresh[0] = endless
    shared_page.button(key="shared-run-1").click()
    run(shared_page)
    assert endless.answer.status == "stopped"
    assert opened_link.fresh[1].answer.status == "complete"


@pytest.mark.usefixtures("pages_open_fast")
def test_a_shared_chat_that_is_continued_stops_the_answer_of_the_chat_before(
    shared_page: AppTest, endless: Reply
) -> None:
    before = shared_page.session_state["session"].conversation
    before.append(Variant("Hello", [endless]))
    shared_page.button(key="shared-chat").click()
    run(shared_page)
    assert endless.answer.status == "stopped"
    assert shared_page.session_state["session"].undo.conversation is before


@pytest.mark.usefixtures("pages_open_fast")
def test_undo_brings_the_settings_of_the_recipient_back(endpoint: Endpoint) -> None:
    at = on_aws(endpoint.url)
    at.slider(key="temperature").set_value(0.9)
    at = run(at)
    at.switch_page("../../../pages/shared.py")
    pirate = Recipe(**{**SAME, "system": "Answer like a pirate."})
    at.query_params["r"] = to_link(share("answer", [answered(pirate, "Arr.")], on=DAY, without=[]))
    run(at).button(key="shared-chat").click()
    at = run(at)
    assert (at.slider(key="temperature").value, at.text_area(key="system").value) == (0.4, pirate.system)
    at.switch_page("../../../pages/chat.py")
    at.button(key="undo-it").click()
    at = run(at)
    assert (at.slider(key="temperature").value, at.text_area(key="system").value) == (0.9, "")
