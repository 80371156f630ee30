"""A shared comparison as a blind taste: the question, the pick, and what was picked."""

import streamlit as st

from lib.comparison.blind import ASKED, PICKS
from lib.markdown.escape import escape
from lib.records import tasting
from lib.records.opened_link import Opened
from lib.records.shared import Shared
from lib.ui.answer.blind_tally import show_tally
from lib.ui.app import session
from lib.ui.app.acts import once
from lib.ui.app.widgets import button
from lib.ui.browser import runs_storage

_ABOUT = {
    "best": "The same prompt, answered with different settings. Pick an answer; then you see the settings.",
    "hottest": "The same prompt, answered at different temperatures. The higher the temperature, the more "
    "often the model takes an unlikely word. Pick an answer; then you see the temperatures.",
}


def find_earlier_pick(what: Opened | None) -> None:
    """Mount the storage of the picks; a taste that this browser has a pick for is no longer hidden."""
    if what is None or what.shared is None or what.shared.question is None:
        return
    runs_storage.mount()
    done = session.current().comparisons.rounds.get(tasting.round_id(what.shared))
    if what.picked is None and done:
        what.picked = tasting.picked_in(what.shared, done)


def of_one_system_text(shared: Shared) -> bool:
    """Whether all answers have the same system text, so that it reveals none of their settings."""
    return len({shared.entries[index].recipe.system for index in tasting.tasted(shared)}) == 1


def show_question(what: Opened, shared: Shared) -> None:
    """Draw what is asked; after the pick what was picked, and all settings."""
    if shared.question is None:
        return
    st.subheader(ASKED[shared.question], anchor=False)
    if what.picked is None:
        st.caption(_ABOUT[shared.question])
        return
    done, names = tasting.tasting_round(shared, what.picked), []
    for place, index in enumerate(tasting.order(shared)):
        mine = " · your pick" if index == what.picked else ""
        names.append(
            {"Answer": tasting.letter(place), "Setting": f"{escape(tasting.name(shared, index))}{mine}"}
        )
    st.table(names, border="horizontal", hide_index=True)
    if done is None:
        st.caption("Another answer has the same words, so your pick does not count.")
    elif shared.question == "hottest":
        st.caption("You found the hottest answer." if done.right else "Your pick is not the hottest answer.")
    show_tally()


def show_pick(what: Opened, shared: Shared, place: int) -> None:
    """Draw the button that picks the answer at this place of the order."""
    if shared.question:
        label, key = PICKS[shared.question], f"taste-{place}"
        index = tasting.order(shared)[place]
        button(label, "favorite", once(_pick), what, shared, index, key=key, type="secondary")


def _pick(what: Opened, shared: Shared, index: int) -> None:
    what.picked = index
    what.end()
    if done := tasting.tasting_round(shared, index):
        session.current().comparisons.rounds[tasting.round_id(shared)] = done
