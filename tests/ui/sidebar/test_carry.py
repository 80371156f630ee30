"""The settings that a tab had before a page without settings was loaded anew."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st

from lib.ui.app import session
from lib.ui.sidebar import carry, settings
from tests.support.backends import DELTA, TEXT, aws

pytestmark = pytest.mark.usefixtures("pages_open_fast", "no_listing", "visit")


def brought_back(query: str, system: str = "") -> dict[str, Any]:
    """The values that the widgets then have and that are not the model's own."""
    carry.bring_back(aws(), query, system)
    held = settings.held()
    model = next(model for model in aws().models if model.id == held["model"])
    plain = {"model": TEXT.id, "stop": [], "system": ""} | {
        name: settings.default(model, name) for name in held if name not in ("model", "stop", "system")
    }
    return {name: value for name, value in held.items() if value != plain[name]}


def test_every_setting_of_the_address_and_the_system_text_come_back() -> None:
    query = "?temperature=0.9&top_k=7&stop=END&stop=###&max_tokens=100&embed=true"
    assert brought_back(query, "Be brief.") == {
        "temperature": 0.9,
        "top_k": 7,
        "stop": ["END", "###"],
        "max_tokens": 100,
        "system": "Be brief.",
    }
    assert session.current().settings["temperature"] == 0.9
    assert session.current().system == "Be brief."
    assert session.current().system_restored == 1


def test_the_model_comes_back_by_its_name_with_its_own_settings() -> None:
    query = f"?model={DELTA.name.replace(' ', '+')}&top_k=7&temperature=0.2"
    assert brought_back(query) == {"model": DELTA.id, "temperature": 0.2}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?",
        "temperature=7",
        "temperature=x",
        "temperature=inf",
        "top_k=nan",
        "model=nobody",
        "%ff=%ff&&=",
        "a" * 99_999,
    ],
)
def test_what_cannot_be_used_is_left_out(query: str) -> None:
    assert brought_back(query) == {}


def test_a_session_that_has_settings_keeps_them() -> None:
    st.session_state["temperature"] = 0.3
    session.current().settings = {"temperature": 0.3}
    carry.bring_back(aws(), "?temperature=0.9", "Be brief.")
    assert settings.held() == {"temperature": 0.3}
    assert session.current().system_restored == 0
