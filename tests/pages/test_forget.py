"""Forget everything: whatever page it was typed, opened or chosen on, the server's tab holds none of it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lib.comparison.plan import start
from lib.ui.app import widget_keys
from lib.ui.app.session import Session
from lib.ui.app.startup import backend
from tests.support.app_page import ask, button, on_aws, run
from tests.support.makers import answered, link, recipe
from tests.support.scripted_endpoint import Endpoint
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("pages_open_fast")
SECRET = "zebra"
"""A word in each text that the visitor types, opens or gets as an answer here."""
PAGES = "../../../pages/"


def page(at: AppTest, name: str) -> AppTest:
    at.switch_page(f"{PAGES}{name}.py")
    return run(at)


def held(at: AppTest) -> str:
    """All that the tab holds, as text."""
    state = at.session_state._state.filtered_state
    return repr({key: vars(value) if key == "session" else value for key, value in state.items()})


def forget(at: AppTest) -> None:
    """Open the question and say yes; the next run does it."""
    at.session_state["forget"] = True
    button(run(at), "Forget now").click()


def toured(endpoint: Endpoint) -> AppTest:
    """A tab that has used every page."""
    at = on_aws(endpoint.url)
    at.text_area(key=widget_keys.SYSTEM).set_value(f"{SECRET} of the chat")
    at.slider(key=widget_keys.TEMPERATURE).set_value(0.3)
    ask(run(at), f"chunks=2 rate=0 {SECRET}")
    page(at, "compare").radio(key=widget_keys.COMPARE_SUBJECT).set_value("system")
    run(at).radio(key=widget_keys.COMPARE_COLUMNS).set_value(3)
    for number in range(3):
        box = run(at).text_area(key=widget_keys.compare_system(number))
        box.set_value(f"{SECRET} {number}")
    at.text_area(key=widget_keys.COMPARE_PROMPT).set_value(f"chunks=2 rate=0 {SECRET}")
    at.toggle(key=widget_keys.COMPARE_BLIND).set_value(True)
    at.button(key="compare-run").click()
    run(at)
    at.query_params["r"] = link(answered(recipe(SECRET, backend().default_model.id), SECRET))
    page(at, "shared")
    page(at, "doctor")
    return page(at, "chat")


def test_nothing_of_a_tour_through_every_page_is_left(endpoint: Endpoint) -> None:
    at = toured(endpoint)
    kept: Session = at.session_state["session"]
    assert kept.opened
    assert kept.comparisons.runs
    assert SECRET in held(at)
    forget(at)
    run(at)
    fresh: Session = at.session_state["session"]
    assert fresh is not kept
    assert fresh.conversation.root is fresh.undo is fresh.opened is None
    assert not fresh.comparisons.runs
    assert fresh.chat_storage_state.session == kept.chat_storage_state.session
    assert fresh.chat_storage_state.number > kept.chat_storage_state.number
    for name in ("chat", "compare", "next_word", "shared", "doctor", "chat"):
        page(at, name)
        assert SECRET not in held(at)
        assert not at.query_params


def test_every_widget_has_its_default_again(endpoint: Endpoint) -> None:
    at = toured(endpoint)
    forget(at)
    run(at)
    model = backend().default_model
    assert at.slider(key=widget_keys.TEMPERATURE).value == model.parameters["temperature"].default
    assert at.text_area(key=widget_keys.SYSTEM).value == ""
    page(at, "compare")
    assert at.text_area(key=widget_keys.COMPARE_PROMPT).value == ""
    assert at.radio(key=widget_keys.COMPARE_SUBJECT).value == "temperature"
    assert at.radio(key=widget_keys.COMPARE_REPEATS).value == 1
    assert not at.toggle(key=widget_keys.COMPARE_BLIND).value
    values = at.multiselect(key=widget_keys.compare_values(model, "temperature")).value
    assert values == start(model, "temperature")
    at.radio(key=widget_keys.COMPARE_SUBJECT).set_value("system")
    texts = [box.value for box in run(at).text_area if box.label.startswith("System text ")]
    assert texts == ["", "Answer like a pirate."]


def test_what_runs_ends(endpoint: Endpoint) -> None:
    at = toured(endpoint)
    kept: Session = at.session_state["session"]
    assert kept.opened
    made = recipe("chunks=900 rate=20", backend().default_model.id)
    streams = [backend().stream(made) for _ in range(2)]
    last = kept.conversation.turns()[-1]
    assert last
    kept.opened.fresh[0] = streams[0]
    kept.comparisons.runs[0].repeats[0].reply = streams[1]
    forget(at)
    run(at)
    eventually(lambda: all(stream.ended for stream in streams))
    assert [stream.answer.status for stream in streams] == ["stopped", "stopped"]
