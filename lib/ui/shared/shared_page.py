"""The page of a shared link or file: the recorded answers, played at their pace, and the recipe run here."""

import threading
import time
from itertools import accumulate

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.bedrock.answer import Answer
from lib.bedrock.backend import Backend
from lib.bedrock.summary import answer_line
from lib.bedrock.wording import count
from lib.markdown.escape import escape
from lib.markdown.playback import TICK_S, play
from lib.mistral.explanation import settings
from lib.mistral.recipe import NUMBERS, Recipe
from lib.records.links import FILE_SUFFIX
from lib.records.opened_link import Opened
from lib.records.shared import LEFT_OUT, Shared
from lib.ui.answer.text import is_plain, plain_switch, show_text
from lib.ui.answer.thinking import show_thinking
from lib.ui.app import widget_keys
from lib.ui.app.streamlit_quirks import yield_point
from lib.ui.app.widgets import button
from lib.ui.shared import handoff, open_link, rerun

PAGE = 10
"""Answers shown at once."""
_LONGEST = 50_000  # characters on a page; longer answers are not played, and shown as plain text
_TITLES = {"answer": "A shared answer", "conversation": "A shared conversation"}
_NARROWEST = 240  # px of a column


def show_shared_page(what: Opened | None, here: Backend) -> None:
    """Draw the whole page below its navigation."""
    shared = what.shared if what else None
    if shared and shared.kind == "comparison":
        st.set_page_config(layout="wide")
    st.title(_TITLES.get(shared.kind, "A shared comparison") if shared else "Open a shared answer")
    if what is None or shared is None:
        if what:
            with st.container(border=True, key="shared-refused"):
                st.markdown(f":material/link_off: {escape(what.sentence)}")
        _ask_for_file()
        return
    st.caption(_label(shared))
    _buttons(what, shared)
    pages = -(-len(shared.entries) // PAGE)
    page = st.pagination(pages, key="shared-page") if pages > 1 else 1
    _entries(what, shared, here, range((page - 1) * PAGE, min(page * PAGE, len(shared.entries))))
    with st.expander("Open another", icon=":material/upload_file:", type="compact"):
        _ask_for_file()


def _label(shared: Shared) -> str:
    """When it was recorded, that nobody has verified it, and what the sender left out."""
    said = f"Recorded by the sender on {shared.date.day} {shared.date:%B %Y}, not verified."
    if shared.left_out:
        said += f" Left out by the sender: {', '.join(LEFT_OUT[part] for part in shared.left_out)}."
    return said


def _ask_for_file() -> None:
    label, key = f"A {FILE_SUFFIX} file, or a conversation saved as Markdown", widget_keys.SHARED_FILE
    st.file_uploader(label, type=["json", "md"], key=key, on_change=open_link.open_file, args=(key,))


def _buttons(what: Opened, shared: Shared) -> None:
    with st.container(horizontal=True, gap="small", key="shared-buttons"):
        if _playable(what):
            button("Skip", "skip_next", what.end, key="shared-skip", type="secondary")
        elif _recorded_times(shared):
            button("Play again", "replay", what.again, key="shared-skip", type="secondary")
        label, act = "Continue in chat", handoff.to_chat
        button(label, "chat", act, shared, key="shared-chat", type="secondary")
        label, act, hint = "Compare", handoff.to_compare, "The same prompt at several settings"
        button(label, "compare_arrows", act, shared, key="shared-compare", type="secondary", help=hint)


def _recorded_times(shared: Shared) -> bool:
    """True if the answers can be played: their times are known, and they fit on one page."""
    answers = [entry.answer for entry in shared.entries if entry.answer]
    small = len(shared.entries) <= PAGE and not _long(shared, range(len(shared.entries)))
    return small and any(answer.timeline for answer in answers)


def _long(shared: Shared, shown: range) -> bool:
    texts = [entry.answer.text for index in shown if (entry := shared.entries[index]).answer]
    return sum(map(len, texts)) > _LONGEST


def _playable(what: Opened) -> bool:
    return not what.played and what.shared is not None and _recorded_times(what.shared)


def _entries(what: Opened, shared: Shared, here: Backend, shown: range) -> None:
    """Draw the entries. While they play, follow them to the end and then run the page again."""
    playing = _playable(what)
    _before(shared.entries[shown[0]].recipe, told=shown[0] > 0)
    if shared.kind == "comparison":
        _prompt(shared.entries[0].recipe)
        _side_by_side(what, shared, here, shown, playing)
    else:
        starts, plain = _starts(shared, what.start() if playing else 0.0), _long(shared, shown)
        for index in shown:
            entry = shared.entries[index]
            _prompt(entry.recipe)
            with st.chat_message("assistant", avatar=":material/air:"):
                left, right = _beside(what, index)
                with left:
                    _recorded(index, entry.answer, starts[index] if playing else None, plain)
                    _settings(entry.recipe, entry.answer)
                    _switch(index, entry.answer, plain or playing)
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


def _side_by_side(what: Opened, shared: Shared, here: Backend, shown: range, playing: bool) -> None:
    grid = st.grid(min(len(shown), 5), min_column_width=_NARROWEST, border=True)
    since, plain, painted = what.start() if playing else None, _long(shared, shown), []
    for index in shown:
        entry = shared.entries[index]
        with grid.cell():
            st.markdown(f"**{escape(_short(entry.recipe))}**")
            if entry.recipe.messages[-1] != shared.entries[0].recipe.messages[-1]:
                st.text(entry.recipe.messages[-1].text)
            body = st.container()
            _settings(entry.recipe, entry.answer)
            _switch(index, entry.answer, plain or playing)
            if not playing:
                rerun.show_rerun(what, index, here, st.container())
        with body:
            if since is None:
                _recorded(index, entry.answer, None, plain)
            else:
                painted.append(threading.Event())
                _column(index, entry.answer, since, painted[-1])
    while not all(event.is_set() for event in painted):
        yield_point()
        time.sleep(TICK_S)


@st.fragment(parallel=True)
def _column(index: int, answer: Answer | None, since: float, painted: threading.Event) -> None:
    try:
        _recorded(index, answer, since)
    finally:
        painted.set()


def _before(recipe: Recipe, told: bool) -> None:
    """System text and earlier turns, as plain text."""
    if recipe.system.strip():
        with st.expander("System text", icon=":material/description:", type="compact", expanded=True):
            st.text(recipe.system)
    if recipe.earlier and not told:
        label = f"{count(len(recipe.earlier), 'turn')} before"
        with st.expander(label, icon=":material/history:", type="compact"):
            for message in recipe.earlier:
                st.caption("Prompt" if message.role == "user" else "Answer")
                st.text(message.text)


def _prompt(recipe: Recipe) -> None:
    with st.chat_message("You", avatar=":material/person:"), st.container(border=True):
        st.text(recipe.prompt)
    if recipe.messages[-1].role == "assistant":
        st.caption("The model was to go on after:")
        st.text(recipe.messages[-1].text)


def _recorded(index: int, answer: Answer | None, since: float | None, plain: bool = False) -> None:
    if answer is None:
        st.caption("The sender left out the answer.")
        return
    show_thinking(answer)
    if since is not None and answer.timeline:
        with st.container():
            st.write_stream(play(answer, since, yield_point))
    elif not answer.text.strip():
        st.caption("No text arrived.")
    elif plain:
        st.text(answer.text)
    else:
        show_text(answer, is_plain(_id(index)))


def _id(index: int) -> str:
    return f"shared-{index}"


def _switch(index: int, answer: Answer | None, absent: bool) -> None:
    if answer and answer.text.strip() and not absent:
        plain_switch(_id(index))


def _short(recipe: Recipe) -> str:
    """Model and settings on one line."""
    numbers = {name: getattr(recipe, name) for name in NUMBERS}
    told = [f"{name} {value:g}" for name, value in numbers.items() if value is not None]
    return " · ".join([recipe.model.name, *told])


def _settings(recipe: Recipe, answer: Answer | None) -> None:
    line = answer_line(answer, without=("origin",)) if answer else _short(recipe)
    with st.expander(line, type="compact", icon=":material/tune:"):
        st.text("\n".join(f"{name}: {value}" for name, value in settings(recipe).items()))
