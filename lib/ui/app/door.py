"""The sign-in as visitors see it: a page in front of all pages, or a button in the sidebar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAuthError

from lib.hosting.sign_in import SignIn, sign_in, subject
from lib.ui.app import session


def signed_in() -> Mapping[str, Any] | None:
    """What the provider told of this session's user; None where nobody has signed in."""
    user: Mapping[str, Any] = st.user.to_dict()
    return user if user.get("is_logged_in") else None


def visitor() -> str | None:
    """The issuer and subject of the signed-in user, as one text; None where nobody has signed in."""
    user = signed_in() if sign_in().mode != "off" else None
    return subject(user) if user else None


def at_home() -> bool:
    """True if this visitor sits at the computer that runs the app."""
    return session.current().tab.visitor.at_home


def is_host() -> bool:
    """True if this visitor sits at the computer that runs the app, or is signed in and on the host's list."""
    rules, user = sign_in(), signed_in()
    listed = rules.mode != "off" and bool(rules.allowed) and user is not None and rules.admits(user)
    return at_home() or listed


def is_closed() -> bool:
    """True if this visitor may not see the pages; what to do is drawn then. Call it first in every run."""
    rules = sign_in()
    if rules.mode == "off":
        return False
    user = signed_in()
    if user is None and rules.mode == "required":
        _ask_to_sign_in(rules)
        return True
    if user is not None and not rules.admits(user):
        _turn_away(user)
        return True
    with st.sidebar:
        if user is None:
            st.button("Sign in", icon=":material/login:", type="tertiary", on_click=_sign_in)
        else:
            st.button("Sign out", icon=":material/logout:", type="tertiary", on_click=st.logout)
    return False


def _ask_to_sign_in(rules: SignIn) -> None:
    st.title("Sirocco")
    st.text("Sign in to use this page.")
    if rules.note:
        st.warning(rules.note, icon=":material/settings:")
    if st.button("Sign in", icon=":material/login:", type="primary"):
        _sign_in()


def _turn_away(user: Mapping[str, Any]) -> None:
    st.title("Sirocco")
    who = str(user.get("email") or "This account")
    st.text(f"{who} may not use this page. Its host decides who may.")
    st.button("Sign out", icon=":material/logout:", on_click=st.logout)


def _sign_in() -> None:
    try:
        st.login()
    except StreamlitAuthError:
        st.error(
            "Sign-in is not set up. The host must add [auth] to secrets.toml.", icon=":material/settings:"
        )
