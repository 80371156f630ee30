"""Widgets whose change does not interrupt an answer."""

from collections.abc import Callable

import streamlit as st


def patiently(draw: Callable[[], None]) -> None:
    """Draw widgets into the current container. A change of one draws the page anew, but only once the script
    that runs at that moment has ended: an answer that arrives is not interrupted.

    Streamlit 1.67.0 lets a run that a fragment asks for wait until the present one has ended. When this
    fragment is run again, it asks for a run of the whole page instead of drawing itself.
    """
    drawn = False

    @st.fragment
    def part() -> None:
        nonlocal drawn
        if drawn:
            st.rerun()
        drawn = True
        draw()

    part()
