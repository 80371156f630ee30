"""One click, one call, whatever Streamlit repeats."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from lib.ui.app.acts import once

    calls = st.session_state.setdefault("calls", [])
    kept = st.session_state.setdefault("kept", [])

    def send(what: str) -> None:
        calls.append(what)

    st.button("Again", on_click=once(send), args=("again",))
    st.text_input(
        "Ask",
        key="ask",
        on_change=once(lambda: send(st.session_state["ask"]), instead=lambda: kept.append("text")),
    )
    late = st.session_state.setdefault("late", once(send))
    st.button("Late", on_click=late, args=("late",))


def test_two_acts_that_arrive_together_are_one_call_and_what_was_typed_is_kept() -> None:
    at = AppTest.from_function(page).run()
    at.text_input(key="ask").set_value("hello")
    at.button[0].click().run()
    assert not at.exception
    assert len(at.session_state["calls"]) == 1
    assert at.session_state["calls"] == ["hello"] or at.session_state["kept"] == ["text"]


def test_a_click_on_what_was_drawn_for_an_older_state_does_nothing() -> None:
    at = AppTest.from_function(page).run()
    at.button[0].click().run()
    at.button[1].click().run()
    assert at.session_state["calls"] == ["again"]


def test_each_click_on_a_page_that_was_drawn_again_counts() -> None:
    at = AppTest.from_function(page).run()
    for _ in range(3):
        at.button[0].click().run()
    assert at.session_state["calls"] == ["again"] * 3


def acting() -> None:
    import streamlit as st

    from lib.conversation import recent_chats
    from lib.ui.app import session
    from lib.ui.app.acts import once
    from tests.support.makers import said

    def ask() -> None:
        session.conversation().append(said("Hello?", "Hi."))

    st.button("Ask", on_click=once(ask))
    st.session_state["found"] = recent_chats.find(session.current().chat_storage_state.session, None)


def test_what_was_asked_can_be_found_by_a_reload_at_once() -> None:
    at = AppTest.from_function(acting).run()
    assert at.session_state["found"] is None
    assert at.button[0].click().run().session_state["found"].root
