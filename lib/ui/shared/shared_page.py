"""The page of a shared link or file: the recorded answers, played at their pace, and the recipe run here."""

import threading
import time
from collections.abc import Sequence
from itertools import accumulate

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.bedrock.answer import Answer
from lib.bedrock.backend import Backend
from lib.bedrock.summary import answer_line
from lib.bedrock.wording import count
from lib.markdown.escape import escape
from lib.markdown.playback import TICK_S, play
from lib.mistral.explanation import on_one_line, settings
from lib.mistral.recipe import Recipe
from lib.records.links import FILE_SUFFIX
from lib.records.opened_link import Opened
from lib.records.shared import LEFT_OUT, Shared
from lib.records.tasting import letter, order
from lib.ui.answer.of_stranger import Room
from lib.ui.answer.text import is_plain, plain_switch, show_text
from lib.ui.answer.thinking import show_thinking
from lib.ui.app import widget_keys
from lib.ui.app.streamlit_quirks import yield_point
from lib.ui.app.widgets import button
from lib.ui.share.downloads import recipe_file
from lib.ui.share.gallery import gallery, show_gallery
from lib.ui.shared import handoff, open_link, rerun, tasting
from lib.ui.shared.chats_of_file import show_chats_of_file
from lib.ui.shared.repeats import show_figures

PAGE = 10
"""Answers shown at once."""
_MESSAGES = 20  # so many of the earlier messages are shown
_TITLES = {
    "answer": "A shared answer",
    "conversation": "A shared conversation",
    "comparison": "A shared comparison",
}
_NARROWEST = 240  # px of a column


def show_shared_page(what: Opened | None, here: Backend) -> None:
    """Draw the whole page below its navigation."""
    tasting.find_earlier_pick(what)
    shared = what.shared if what else None
    if shared and shared.kind == "comparison":
        st.set_page_config(layout="wide")
    closed = "Chats of a file" if what and what.chats else "Open a shared answer"
    # Without an anchor, whose link would take what is open out of the address.
    st.title(_title(shared) if shared else closed, anchor=False)
    if what and what.lost_by_reload:
        st.caption("This file is too large for this browser to keep: a reload closes it.")
    place = st.empty()  # removes what the run before has drawn there; this run lasts as long as the playback
    if what and shared:
        with st.container():
            _show_opened(what, shared, here)
    else:
        with place.container():
            _show_closed(what)


def _show_closed(what: Opened | None) -> None:
    """Draw what can be opened; before it the chats of a file, or why the newest link or file was refused."""
    if what and what.chats:
        show_chats_of_file(what.chats)
    elif what:
        with st.container(border=True, key="shared-refused"):
            st.markdown(f":material/link_off: {escape(what.sentence)}")
    _ask_for_file()
    if gallery():
        st.caption("Or play a recorded answer. They were made with the small model that comes with the app:")
        show_gallery()


def _show_opened(what: Opened, shared: Shared, here: Backend) -> None:
    """Draw the answers with what can be done with them."""
    st.caption(_label(what, shared))
    if shared.question:
        tasting.show_question(what, shared)
    with st.container(key="printed"):
        st.caption(escape(f"Sirocco · {(st.context.url or '').partition('?')[0]}"))
    room = Room()
    _buttons(what, shared)
    _entries(what, shared, here, _on_show(what, shared), room)
    if room.left_out and not what.hidden:
        st.caption("What is not shown here is in the file.")
        recipe_file(shared, "all")
    with st.expander("Open another", icon=":material/upload_file:", type="compact"):
        _ask_for_file()
        show_gallery()


def _title(shared: Shared) -> str:
    return "A blind taste" if shared.question else _TITLES[shared.kind]


def _on_show(what: Opened, shared: Shared) -> Sequence[int]:
    """The entries on the chosen page; of a blind taste the answers to choose from, in their own order."""
    if what.hidden:
        return order(shared)
    pages = -(-len(shared.entries) // PAGE)
    page = st.pagination(pages, key="shared-page") if pages > 1 else 1
    return range((page - 1) * PAGE, min(page * PAGE, len(shared.entries)))


def _label(what: Opened, shared: Shared) -> str:
    """When it was recorded, that nobody has verified it, and what the sender left out."""
    if what.of_gallery:
        return f"Recorded on {shared.date.day} {shared.date:%B %Y}; it comes with this app."
    said = f"Recorded by the sender on {shared.date.day} {shared.date:%B %Y}, not verified."
    if shared.left_out:
        said += f" Left out by the sender: {', '.join(LEFT_OUT[part] for part in shared.left_out)}."
    return said


def _ask_for_file() -> None:
    label = f"A {FILE_SUFFIX} file, a conversation saved as Markdown, or a file of chats"
    key = widget_keys.SHARED_FILE
    st.file_uploader(label, type=["json", "md"], key=key, on_change=open_link.open_file, args=(key,))


def _buttons(what: Opened, shared: Shared) -> None:
    with st.container(horizontal=True, gap="small", key="shared-buttons"):
        if _playable(what):
            button("Skip", "skip_next", what.end, key="shared-skip", type="secondary")
        elif _recorded_times(what, shared):
            button("Play again", "replay", what.again, key="shared-skip", type="secondary")
        if what.hidden:
            return
        label, act = "Continue in chat", handoff.to_chat
        button(label, "chat", act, shared, key="shared-chat", type="secondary")
        label, act, hint = "Compare", handoff.to_compare, "The same prompt at several settings"
        button(label, "compare_arrows", act, shared, key="shared-compare", type="secondary", help=hint)


def _recorded_times(what: Opened, shared: Shared) -> bool:
    """True if the answers can be played: their times are known, and they fit on one page."""
    shown = order(shared) if what.hidden else range(len(shared.entries))
    answers, room = [answer for index in shown if (answer := shared.entries[index].answer)], Room()
    small = len(shown) <= PAGE and all(room.takes(answer.shown_text) for answer in answers)
    return small and any(answer.timeline for answer in answers)


def _playable(what: Opened) -> bool:
    return not what.played and what.shared is not None and _recorded_times(what, what.shared)


def _entries(what: Opened, shared: Shared, here: Backend, shown: Sequence[int], room: Room) -> None:
    """Draw the entries. While they play, follow them to the end and then run the page again."""
    playing = _playable(what)
    if not what.hidden or tasting.of_one_system_text(shared):
        _before(shared.entries[shown[0]].recipe, shown[0] > 0, room)
    if shared.kind == "comparison":
        _prompt(shared.entries[0].recipe, room)
        if not playing and not what.hidden:  # the figures would reveal how the answers end
            show_figures(shared, on_one_line)
        _side_by_side(what, shared, here, shown, room)
    else:
        starts = _starts(shared, what.start() if playing else 0.0)
        for index in shown:
            entry = shared.entries[index]
            _prompt(entry.recipe, room)
            with st.chat_message("assistant", avatar=":material/air:"):
                left, right = _beside(what, index)
                with left:
                    _recorded(index, entry.answer, starts[index] if playing else None, room)
                    _settings(entry.recipe, entry.answer, room)
                    _switch(index, entry.answer, playing)
                if not playing:
                    rerun.show_rerun(what, index, here, right)
    if playing:
        what.end()
        st.rerun()


def _starts(shared: Shared, since: float) -> list[float]:
    """When each answer of a conversation begins: when the one before has ended."""
    lasted = [
        entry.answer.timeline[-1].ms / 1000 if entry.answer and entry.answer.timeline else 0.0
        for entry in shared.entries
    ]
    return list(accumulate(lasted, initial=since))


def _beside(what: Opened, index: int) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Places for the recorded answer and the one made here, beside each other once there are two."""
    if index in what.fresh:
        left, right = st.columns(2, gap="medium")
        left.caption("Recorded")
        return left, right
    return st.container(), st.container()


def _side_by_side(what: Opened, shared: Shared, here: Backend, shown: Sequence[int], room: Room) -> None:
    grid = st.grid(min(len(shown), 5), min_column_width=_NARROWEST, border=True)
    since, painted = what.start() if _playable(what) else None, []
    for place, index in enumerate(shown):
        entry = shared.entries[index]
        with grid.cell():
            name = letter(place) if what.hidden else on_one_line(entry.recipe)
            picked = " · your pick" if what.picked == index else ""
            st.markdown(f"**{escape(name)}**{picked}")
            if entry.recipe.messages[-1] != shared.entries[0].recipe.messages[-1]:
                room.text(entry.recipe.messages[-1].text)
            body = st.container()
            if not what.hidden:
                _settings(entry.recipe, entry.answer, room)
                _switch(index, entry.answer, since is not None)
            if since is None and what.hidden:
                tasting.show_pick(what, shared, place)
            elif since is None:
                rerun.show_rerun(what, index, here, st.container())
        with body:
            if since is None:
                _recorded(index, entry.answer, None, room, what.hidden)
            else:
                painted.append(threading.Event())
                _column(index, entry.answer, since, room, what.hidden, painted[-1])
    while not all(event.is_set() for event in painted):
        yield_point()
        time.sleep(TICK_S)


@st.fragment(parallel=True)
def _column(
    index: int, answer: Answer | None, since: float, room: Room, hidden: bool, painted: threading.Event
) -> None:
    try:
        _recorded(index, answer, since, room, hidden)
    finally:
        painted.set()


def _before(recipe: Recipe, told: bool, room: Room) -> None:
    """Draw the system text and, unless another page shows them (`told`), the newest earlier turns."""
    if recipe.system.strip():
        with st.expander("System text", icon=":material/description:", type="compact", expanded=True):
            room.text(recipe.system)
    if recipe.earlier and not told:
        label = f"{count(recipe.turns_before, 'turn')} before"
        with st.expander(label, icon=":material/history:", type="compact"):
            if older := recipe.earlier[:-_MESSAGES]:
                st.caption(f"{count(len(older), 'older message')} not shown.")
                room.left_out += sum(len(message.text) for message in older)
            for message in recipe.earlier[-_MESSAGES:]:
                st.caption("Prompt" if message.role == "user" else "Answer")
                room.text(message.text)


def _prompt(recipe: Recipe, room: Room) -> None:
    with st.chat_message("You", avatar=":material/person:"), st.container(border=True):
        room.text(recipe.prompt)
    if recipe.messages[-1].role == "assistant":
        st.caption("The model was to go on after:")
        room.text(recipe.messages[-1].text)


def _recorded(
    index: int, answer: Answer | None, since: float | None, room: Room, hidden: bool = False
) -> None:
    if answer is None:
        st.caption("The sender left out the answer.")
        return
    if not hidden:  # only some models think, so it would reveal the model
        show_thinking(answer, draw=room.text)
    if since is not None and answer.timeline:
        with st.container():
            st.write_stream(play(answer, since, yield_point))
    elif not answer.text.strip():
        st.caption("No text arrived.")
    else:
        show_text(answer, is_plain(_id(index)), room)


def _id(index: int) -> str:
    return f"shared-{index}"


def _switch(index: int, answer: Answer | None, absent: bool) -> None:
    if answer and answer.text.strip() and not absent:
        plain_switch(_id(index))


def _settings(recipe: Recipe, answer: Answer | None, room: Room) -> None:
    line = answer_line(answer, without=("origin",)) if answer else on_one_line(recipe)
    with st.expander(line, type="compact", icon=":material/tune:"):
        room.text("\n".join(f"{name}: {value}" for name, value in settings(recipe).items()))
