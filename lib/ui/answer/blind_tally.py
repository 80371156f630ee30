"""What was picked in the blind rounds of this browser, on the Compare page and in shared comparisons."""

import streamlit as st

from lib.bedrock.wording import count
from lib.comparison import blind
from lib.markdown.escape import escape
from lib.ui.app import session


def show_tally() -> None:
    """Draw what was picked in the blind rounds of this browser, if there were any."""
    rounds = list(session.current().comparisons.rounds.values())
    if liked := blind.tally(rounds):
        st.caption(f"Blind taste so far: you prefer {escape(', '.join(liked))}.")
    found, asked = blind.hottest_found(rounds)
    if asked:
        st.caption(f"You found the hottest answer in {found} of {count(asked, 'round')}.")
