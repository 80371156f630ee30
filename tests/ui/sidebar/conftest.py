"""A visit for tests that call the functions of a page without drawing one."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import streamlit as st


@pytest.fixture
def visit() -> Iterator[None]:
    """A session and an address of one's own; Streamlit warns at each use outside of a page."""
    warning = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
    before, warning.disabled = warning.disabled, True
    st.session_state.clear()
    st.query_params.clear()
    yield
    st.session_state.clear()
    st.query_params.clear()
    warning.disabled = before
