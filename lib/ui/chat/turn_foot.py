"""The part below an answer: its summary and recipe, its variants, and the buttons for it."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from lib.bedrock.summary import answer_line
from lib.conversation.tree import Turn, Variant
from lib.conversation.variant_changes import what_changed
from lib.ui.answer import diff, recipe_details, text, xray
from lib.ui.app import session
from lib.ui.app.acts import once
from lib.ui.app.session import conversation
from lib.ui.app.startup import backend
from lib.ui.app.widgets import button, row
from lib.ui.browser import chat_storage
from lib.ui.chat import actions
from lib.ui.chat.odds_dialog import has_odds, odds_dialog
from lib.ui.share import code, dialog
from lib.ui.sidebar import settings


def show_foot(turn: Turn, newest: bool) -> None:
    """Draw the part below an answer into the current container. Closed expanders and dialogs are not drawn.

    Below older answers most actions are in the menu, so that a long page is quick to draw.
    """
    variant = turn.variant
    _recipe(variant)
    if newest:
        _step_between_variants(turn)
        with row(gap="small"):
            _newest_actions(turn)
            _menu(turn, newest)
    else:
        # page.css puts the menu beside the recipe; a row would be one more message to the browser.
        _menu(turn, newest)
        _step_between_variants(turn)
    kind, about = session.current().dialog or ("", "")
    if about == variant.id:
        _DIALOGS[kind](turn)


def can_go_on(variant: Variant) -> bool:
    """True if the answer was cut: by its length, by Stop, or because the connection ended."""
    answer = variant.answer
    unfinished = answer.status in ("stopped", "broken") or answer.stop_reason == "length"
    return unfinished and bool(answer.text.strip())


def continue_button(variant: Variant) -> None:
    """Draw the button that lets the model go on."""
    hint, key = "The answer goes on where it ended", f"continue-{variant.id}"
    button("Continue", "play_arrow", once(actions.go_on), variant, key=key, help=hint, type="secondary")


def _recipe(variant: Variant) -> None:
    """Draw the summary of the answer as an expander that contains the recipe."""
    line = answer_line(variant.answer)
    recipe = st.expander(line, type="compact", key=f"recipe-{variant.id}", on_change="rerun")
    if not recipe.open:
        return
    with recipe:
        if chat_storage.lacks_turns(variant):
            st.caption(
                "An earlier turn that was sent with this prompt has been deleted since. It is missing below."
            )
        for number, part in enumerate(variant.answers):
            if number:
                st.markdown(f"**Continued ({number})**")
            recipe_details.show_recipe(part, f"recipe-of-{variant.id}-{number}", settings.move_to)


def _newest_actions(turn: Turn) -> None:
    variant, answer = turn.variant, turn.variant.answer
    if can_go_on(variant) and not answer.problem:  # the card of a problem has the button itself
        continue_button(variant)
    hint, key = "When each piece of the answer arrived", f"xray-{variant.id}"
    button("X-ray", "monitoring", actions.open_dialog, "xray", variant, key=key, help=hint)
    if has_odds(variant):
        hint, key = "How likely each word was, and what it could have been", f"odds-{variant.id}"
        button("Odds", "casino", actions.open_dialog, "odds", variant, key=key, help=hint)
    if answer.text:
        # copy_answer.js copies it within the click, which it keeps from the server.
        button("Copy", "content_copy", lambda: None, key=f"copy-answer-{variant.id}", help="Copy the answer")
        text.plain_switch(variant.id)


def _step_between_variants(turn: Turn) -> None:
    if len(turn.variants) < 2:
        return
    with row(gap="small", key=f"variants-{turn.variants[0].id}"):
        _step(turn, "Earlier", -1)
        place = f"{turn.chosen + 1}/{len(turn.variants)}"
        st.text(" · ".join(filter(None, [place, what_changed(turn)])), width="content")
        _step(turn, "Later", 1)


def _step(turn: Turn, label: str, by: int) -> None:
    button(
        label,
        "chevron_left" if by < 0 else "chevron_right",
        actions.step,
        turn,
        by,
        key=f"{label.lower()}-{turn.variants[0].id}",
        icon_position="left" if by < 0 else "right",
        help=f"Show the variant {'before' if by < 0 else 'after'} this one",
        disabled=not 0 <= turn.chosen + by < len(turn.variants),
    )


def _menu(turn: Turn, newest: bool) -> None:
    key = f"more-{turn.variant.id}"
    entries: dict[str, Callable[[], None]] = {
        ":material/share: Share": partial(actions.open_dialog, "share", turn.variant),
        ":material/code: View code": partial(actions.open_dialog, "code", turn.variant),
        ":material/delete: Delete this turn": partial(once(actions.delete), turn),
    }
    if turn.chosen:
        compare = partial(actions.open_dialog, "compare", turn.variant)
        entries = {":material/difference: Compare with the variant before": compare, **entries}
    if not newest:
        other_form = "Formatted text" if text.is_plain(turn.variant.id) else text.PLAIN
        entries = {
            ":material/refresh: Ask again": partial(once(actions.ask_again), turn),
            ":material/monitoring: X-ray": partial(actions.open_dialog, "xray", turn.variant),
            **_odds_entry(turn.variant),
            f":material/notes: {other_form}": partial(text.turn_plain, turn.variant.id),
            ":material/content_copy: Copy the answer": lambda: None,  # done by copy_answer.js
            **entries,
        }

    def act() -> None:
        if picked := st.session_state[key]:
            entries[picked]()

    icon = ":material/more_horiz:"
    st.menu_button("More", list(entries), key=key, type="tertiary", icon=icon, on_click=act)


def _odds_entry(variant: Variant) -> dict[str, Callable[[], None]]:
    if not has_odds(variant):
        return {}
    return {":material/casino: Odds": partial(actions.open_dialog, "odds", variant)}


@st.dialog(
    "Stream X-ray",
    width="medium",
    icon=":material/monitoring:",
    on_dismiss=partial(actions.note_dismissal, "xray"),
)
def _xray(turn: Turn) -> None:
    for number, answer in enumerate(turn.variant.answers):
        if number:
            st.subheader(f"Continued ({number})")
        xray.show_xray(answer, f"xray-of-{turn.variant.id}-{number}")


@st.dialog(
    "What changed",
    width="medium",
    icon=":material/difference:",
    on_dismiss=partial(actions.note_dismissal, "compare"),
)
def _compare(turn: Turn) -> None:
    before, after = turn.variants[turn.chosen - 1].answer, turn.variant.answer
    labels = [f"variant {turn.chosen}", f"variant {turn.chosen + 1} ({what_changed(turn)})"]
    diff.show_diff(before.shown_text, after.shown_text, *labels)


@st.dialog(
    "Share", width="medium", icon=":material/share:", on_dismiss=partial(actions.note_dismissal, "share")
)
def _share(turn: Turn) -> None:
    answers = [variant.answer for variant in [*conversation().before(turn), turn.variant]]
    dialog.show_share_form(
        {"answer": answers[-1:], "conversation": answers if len(answers) > 1 else []},
        f"share-{turn.variant.id}",
    )


@st.dialog(
    "View code", width="medium", icon=":material/code:", on_dismiss=partial(actions.note_dismissal, "code")
)
def _code(turn: Turn) -> None:
    code.show_code(turn.variant.answers[-1], backend(), f"code-{turn.variant.id}")


_DIALOGS = {"xray": _xray, "compare": _compare, "share": _share, "code": _code, "odds": odds_dialog}
