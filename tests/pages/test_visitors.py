"""What visitors of a hosted page are told, and what only its host sees."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib.ui.app import door
from lib.ui.app.startup import ROOT
from tests.support.app_page import everything, on_aws, on_local, run
from tests.support.environment import NOBODY
from tests.support.scripted_endpoint import Endpoint

DOCTOR = str(ROOT / "pages" / "doctor.py")
LISTED = {"is_logged_in": True, "email": "host@example.com", "email_verified": True}


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser is on the computer that runs the app."""
    monkeypatch.setattr(door, "at_home", lambda: True)


def signed_in(monkeypatch: pytest.MonkeyPatch, **user: object) -> None:
    monkeypatch.setattr(door, "signed_in", lambda: user or None)


def doctor() -> AppTest:
    """The Doctor page with new checks: otherwise it would show results that it keeps for a while."""
    st.cache_data.clear()
    at = on_local(NOBODY)
    at.switch_page(DOCTOR)
    return run(at)


def test_visitors_see_of_a_check_only_whether_it_works() -> None:
    said = everything(doctor())
    assert "**Endpoint** does not work" in said
    assert "**Region**" not in said  # not checked
    for detail in (NOBODY, "Fix", "127.0.0.1"):
        assert detail not in said


def test_visitors_cannot_make_the_host_pay_for_a_check() -> None:
    assert "Call" not in [button.label for button in doctor().button]


@pytest.mark.usefixtures("at_home")
def test_who_sits_at_the_computer_sees_the_details() -> None:
    said = everything(doctor())
    assert NOBODY in said
    assert "Fix: " in said


@pytest.mark.parametrize(
    ("mode", "allowed", "user", "host"),
    [
        ("required", "host@example.com", LISTED, True),
        ("optional", "@example.com", LISTED, True),
        ("optional", "host@example.com", {}, False),
        ("optional", "host@example.com", {**LISTED, "email": "other@example.com"}, False),
        ("required", "", LISTED, False),  # everybody may sign in there
        ("off", "host@example.com", LISTED, False),
    ],
)
def test_who_is_on_the_hosts_list_is_the_host(
    mode: str, allowed: str, user: dict[str, object], host: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIROCCO_SIGN_IN", mode)
    monkeypatch.setenv("SIROCCO_SIGN_IN_ALLOWED", allowed)
    monkeypatch.setattr(door, "at_home", lambda: False)
    signed_in(monkeypatch, **user)
    assert door.is_host() is host


def test_visitors_are_told_where_their_prompts_go(endpoint: Endpoint) -> None:
    said = everything(on_aws(endpoint.url))
    assert "What you write goes to Amazon Bedrock in us-east-1. This server stores nothing of it" in said
    said = everything(on_local(NOBODY))
    assert "What you write goes to the embedded model on this server." in said
    assert "this computer" not in said
    assert "Free." not in said


@pytest.mark.parametrize("name", ["chat", "compare", "next_word", "shared", "doctor"])
@pytest.mark.parametrize("host", [False, True], ids=["visitor", "signed-in host"])
def test_no_page_tells_who_sits_elsewhere_that_the_model_runs_on_this_computer(
    host: bool, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "is_host", lambda: host)
    st.cache_data.clear()
    at = on_local(NOBODY)
    at.switch_page(str(ROOT / "pages" / f"{name}.py"))
    run(at).session_state[
        "session"
    ].shared_link_state.heard = True  # else the page Shared waits for the browser
    said = everything(run(at))
    assert said
    assert "this computer" not in said


@pytest.mark.usefixtures("at_home")
def test_who_sits_at_the_computer_is_told_that_it_runs_there_and_is_free() -> None:
    said = everything(on_local(NOBODY))
    assert "Runs on this computer and is free." in said
    assert "stores nothing" not in said
