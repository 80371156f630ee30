"""Below an answer: the line that says what made it, its variants, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from lib.bedrock.answer import Answer
from lib.bedrock.summary import answer_line
from lib.conversation.changes import what_changed
from lib.conversation.tree import Slot
from lib.ui.answer import diff, recipe_details, xray
from lib.ui.app.session import conversation
from lib.ui.app.startup import backend
from lib.ui.browser import chat_storage
from lib.ui.chat import actions
from lib.ui.share import code, dialog


def show_foot(slot: Slot, newest: bool) -> None:
    """Draw it into the current container. What opens is drawn only when it is open.

    Below older answers most of it is in the menu: a long page stays calm, and quick to draw.
    """
    variant, answer = slot.variant, slot.variant.answer
    recipe = st.expander(answer_line(answer), type="compact", key=f"recipe-{variant.id}", on_change="rerun")
    if recipe.open:
        with recipe:
            if chat_storage.lacks_turns(variant):
                st.caption("An earlier turn that went along has been deleted since; it is missing below.")
            for number, part in enumerate(variant.answers):
                if number:
                    st.markdown(f"**Continued ({number})**")
                recipe_details.show(part, f"recipe-of-{variant.id}-{number}", actions.reuse)
    if newest or len(slot.variants) > 1:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            _step_between_variants(slot)
            if newest:
                _newest_actions(slot, answer)
            _menu(slot, newest)
    else:
        _menu(slot, newest)
    opened = st.session_state.get("dialog")
    if opened == ("xray", variant.id):
        _xray(slot)
    elif opened == ("compare", variant.id):
        _compare(slot)
    elif opened == ("share", variant.id):
        _share(slot)
    elif opened == ("code", variant.id):
        _code(slot)


def _newest_actions(slot: Slot, answer: Answer) -> None:
    _go_on(slot, answer)
    st.button(
        "Again",
        key=f"again-{slot.variant.id}",
        icon=":material/refresh:",
        type="tertiary",
        help="Ask the same once more, with the settings of the sidebar",
        shortcut="Alt+Enter",
        on_click=actions.ask_again,
        args=(slot,),
    )
    st.button(
        "X-ray",
        key=f"xray-{slot.variant.id}",
        icon=":material/monitoring:",
        type="tertiary",
        help="When each piece of the answer arrived",
        on_click=actions.open_dialog,
        args=("xray", slot.variant),
    )


def _step_between_variants(slot: Slot) -> None:
    if len(slot.variants) < 2:
        return
    _step(slot, "Earlier", -1)
    place = f"{slot.chosen + 1}/{len(slot.variants)}"
    st.text(" · ".join(filter(None, [place, what_changed(slot)])), width="content")
    _step(slot, "Later", 1)


def _step(slot: Slot, label: str, by: int) -> None:
    st.button(
        label,
        key=f"{label.lower()}-{slot.variants[0].id}",
        icon=":material/chevron_left:" if by < 0 else ":material/chevron_right:",
        icon_position="left" if by < 0 else "right",
        type="tertiary",
        help=f"Show the variant {'before' if by < 0 else 'after'} this one",
        disabled=not 0 <= slot.chosen + by < len(slot.variants),
        on_click=actions.step,
        args=(slot, by),
    )


def _go_on(slot: Slot, answer: Answer) -> None:
    unfinished = answer.status in ("stopped", "broken") or answer.stop_reason == "length"
    if unfinished and answer.text.strip():
        st.button(
            "Continue",
            key=f"continue-{slot.variant.id}",
            icon=":material/play_arrow:",
            type="tertiary",
            help="Let the answer go on where it ended",
            on_click=actions.go_on,
            args=(slot.variant,),
        )


def _menu(slot: Slot, newest: bool) -> None:
    key = f"more-{slot.variant.id}"
    entries: dict[str, Callable[[], None]] = {
        ":material/content_copy: Copy the answer": partial(actions.copy, slot.variant),
        ":material/share: Share": partial(actions.open_dialog, "share", slot.variant),
        ":material/code: View code": partial(actions.open_dialog, "code", slot.variant),
        ":material/delete: Delete this turn": partial(actions.delete, slot),
    }
    if slot.chosen:
        compare = partial(actions.open_dialog, "compare", slot.variant)
        entries = {":material/difference: Compare with the variant before": compare, **entries}
    if not newest:
        entries = {
            ":material/refresh: Ask again": partial(actions.ask_again, slot),
            ":material/monitoring: X-ray": partial(actions.open_dialog, "xray", slot.variant),
            **entries,
        }

    def act() -> None:
        if picked := st.session_state[key]:
            entries[picked]()

    st.menu_button(
        "More", list(entries), key=key, type="tertiary", icon=":material/more_horiz:", on_click=act
    )


@st.dialog("Stream X-ray", width="large", icon=":material/monitoring:", on_dismiss=actions.close_dialog)
def _xray(slot: Slot) -> None:
    for number, answer in enumerate(slot.variant.answers):
        if number:
            st.subheader(f"Continued ({number})")
        xray.show(answer, f"xray-of-{slot.variant.id}-{number}")


@st.dialog("What changed", width="large", icon=":material/difference:", on_dismiss=actions.close_dialog)
def _compare(slot: Slot) -> None:
    before, after = slot.variants[slot.chosen - 1].answer, slot.variant.answer
    labels = [f"variant {slot.chosen}", f"variant {slot.chosen + 1} ({what_changed(slot)})"]
    diff.show(before.shown_text, after.shown_text, *labels)


@st.dialog("Share", width="large", icon=":material/share:", on_dismiss=actions.close_dialog)
def _share(slot: Slot) -> None:
    answers = [variant.answer for variant in [*conversation().before(slot), slot.variant]]
    dialog.show(
        {"answer": answers[-1:], "conversation": answers if len(answers) > 1 else []},
        f"share-{slot.variant.id}",
    )


@st.dialog("View code", width="large", icon=":material/code:", on_dismiss=actions.close_dialog)
def _code(slot: Slot) -> None:
    code.show(slot.variant.answers[-1], backend(), f"code-{slot.variant.id}")
