"""A prompt on the page: its text, of which a long one is folded, and the form in which it is edited."""

import streamlit as st

from lib.bedrock.wording import count
from lib.conversation.tree import Turn, Variant
from lib.ui.app import session, widget_keys
from lib.ui.app.acts import once
from lib.ui.app.widgets import button, row
from lib.ui.chat import actions

_LINES, _CHARACTERS = 12, 1_200
"""How many lines and characters a folded prompt shows at most."""
_WORTH_FOLDING = 1.5
"""A prompt is folded only if it is this many times longer than that."""


def folded(prompt: str) -> str:
    """The beginning of a long prompt; the whole of one that is not long."""
    start = "\n".join(prompt.split("\n")[:_LINES])[:_CHARACTERS]
    lines, characters = _LINES * _WORTH_FOLDING, _CHARACTERS * _WORTH_FOLDING
    long = prompt.count("\n") >= lines or len(prompt) > characters
    return f"{start.rstrip()} …" if long else prompt


def show_text(variant: Variant) -> None:
    """Draw the prompt. A click unfolds a long one."""
    prompt, unfolded = variant.prompt, variant.id in session.current().unfolded
    shown = folded(prompt)
    if shown == prompt:
        st.text(prompt, width="stretch")
        return
    with st.container(gap="xsmall"):
        st.text(prompt if unfolded else shown, width="stretch")
        label = "Show less" if unfolded else f"Show all {len(prompt):,} characters"
        button(label, "unfold_more", actions.fold, variant, key=f"fold-{variant.id}")


def show_editor(turn: Turn) -> None:
    """Draw the form. The script of the page gives it the focus, Ctrl+Enter and Escape (fields.js)."""
    variant = turn.variant
    key = widget_keys.edited(variant.id)
    st.empty()  # a block in the place of the prompt would leave parts of the form beside the next one
    with st.container(key=f"editor-{variant.id}"):
        st.text_area("Your message", variant.prompt, key=key, label_visibility="collapsed")
        if later := length(variant):
            st.caption(f"{count(later, 'later turn')} will stay with the present variant of this prompt.")
        with row():
            st.button(
                "Ask again from here",
                type="primary",
                key=f"ask-edited-{variant.id}",
                help="Ctrl+Enter",
                on_click=once(actions.ask_edited),
                args=(turn, key),
            )
            st.button(
                "Cancel",
                type="tertiary",
                key=f"cancel-{variant.id}",
                help="Escape",
                on_click=actions.edit,
                args=(None,),
            )


def show_where_later_turns_are(turn: Turn) -> None:
    """Under the last turn on the page: say with which of its other variants the conversation went on."""
    if turn.variant.next:
        return
    went_on = [(number, length(other)) for number, other in enumerate(turn.variants, 1) if other.next]
    if went_on:
        number, later = went_on[-1]
        with row():
            st.caption(f"Variant {number} is followed by {count(later, 'later turn')}.", width="content")
            by = number - 1 - turn.chosen
            key = f"later-turns-{turn.variant.id}"
            button(f"Show variant {number}", "alt_route", actions.step, turn, by, key=key)


def length(variant: Variant) -> int:
    """How many turns follow a variant."""
    later, turn = 0, variant.next
    while turn:
        later, turn = later + 1, turn.variant.next
    return later
