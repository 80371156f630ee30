"""The turns on the page: each is a prompt with its answer, which arrives or has ended."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.bedrock.account import nearest_active
from lib.bedrock.answer import joined
from lib.bedrock.problems import Problem
from lib.bedrock.wording import count
from lib.conversation.tree import Turn, Variant, goes_on_in_place
from lib.markdown.pacing import unfinished_block
from lib.ui.answer.live import write_live
from lib.ui.answer.problem_card import problem_card
from lib.ui.answer.text import is_plain, show_text
from lib.ui.answer.thinking import show_thinking
from lib.ui.app import session
from lib.ui.app.acts import once
from lib.ui.app.session import conversation
from lib.ui.app.startup import backend
from lib.ui.app.streamlit_quirks import yield_point
from lib.ui.app.widgets import button, row
from lib.ui.chat import actions, prompts
from lib.ui.chat.header import removed_after, show_undo
from lib.ui.chat.turn_foot import can_go_on, continue_button, show_foot

USER, MODEL = ":material/person:", ":material/air:"
_OLDER_AFTER_S = 0.06  # so that the browser draws the first words of an answer before the older turns
_DEFINITION = re.compile(r"^\s*\[[^\]\n]+\]:", re.MULTILINE)  # of a link or a footnote
_NOT_FOR_THIS_ACCOUNT = ("legacy", "end-of-life", "no-model-access")


class _Frame(NamedTuple):
    """The places of a turn, the same while its answer arrives and afterwards."""

    prompt: DeltaGenerator
    body: DeltaGenerator
    foot: DeltaGenerator

    def clear_the_rest(self) -> None:
        """Remove what the run before has drawn and this run does not draw.

        Streamlit removes it only at the end of this run, which lasts as long as the answer. Each `empty`
        takes the place of one element.
        """
        for place in (self.prompt, self.body, self.body, self.body, self.foot, self.foot):
            place.empty()


class _Older:
    """The turns above a running answer, and what stands around them (`around` draws it). They are drawn a
    moment later, so that the browser draws the first words of the answer first."""

    def __init__(
        self, placed: list[tuple[Turn, DeltaGenerator]], moved: bool, around: Callable[[], object] | None
    ) -> None:
        self._turns, self._moved, self._around = placed, moved, around
        self._due = time.monotonic() + _OLDER_AFTER_S

    def draw_when_due(self) -> None:
        if time.monotonic() >= self._due:
            around, self._around = self._around, None
            placed, self._turns = self._turns, []
            if around:
                around()
            for turn, place in placed:
                frame = _show_settled(turn, place, newest=False)
                if self._moved:
                    frame.clear_the_rest()

    def wait(self) -> None:
        time.sleep(max(0, self._due - time.monotonic()))


def show_turns(
    turns: list[Turn], followed: Variant | None, around: Callable[[], object]
) -> Callable[[], None] | None:
    """Draw the turns, and follow a running answer to its end before the other turns.

    `followed`: the variant whose reply was running when this run began; it may have ended since. `around`
    draws what stands around the turns, soon after the first words of a followed answer. Returns, if an
    answer was followed here, a function that draws its end; call it after all else on the page has changed.
    """
    shown = conversation().turns()
    placed = [(turn, st.container()) for turn in turns]
    began, drawn = session.current().turns_drawn
    for _ in range(drawn - len(placed)):
        st.empty()
    begins = turns[0].variants[0].id if turns else None
    session.current().turns_drawn = begins, len(placed)
    if placed and (newest := placed[-1][0].variant) and (newest is followed or not newest.settled):
        turn, place = placed.pop()
        older = _Older(placed, moved=begins != began, around=around if followed else None)
        ended = None
        if newest is followed:
            fresh = drawn == 0 or (begins == began and drawn < len(turns))  # nothing stood in its place
            ended = _follow(turn, place, older, fresh)
        else:
            _show_settled(turn, place, newest=True)
        older.wait()
        older.draw_when_due()
        return ended
    for turn, place in placed:
        _show_settled(turn, place, newest=turn is shown[-1])
    return None


def _show_settled(turn: Turn, place: DeltaGenerator, newest: bool) -> _Frame:
    frame = _show_frame(turn, place)
    answer = turn.variant.answer
    with frame.body:
        show_thinking(answer)
        if answer.shown_text:
            show_text(answer, is_plain(turn.variant.id))
        if answer.problem:
            _show_problem(turn, answer.problem, newest)
    with frame.foot:
        _show_end(turn, newest)
    return frame


def _show_end(turn: Turn, newest: bool) -> None:
    """Draw what stands below an answer that has ended."""
    show_foot(turn, newest)
    if newest:
        prompts.show_where_later_turns_are(turn)
    if removed_after(turn):
        show_undo()
    turn.variant.settled = True


def _show_frame(turn: Turn, place: DeltaGenerator, running: bool = False) -> _Frame:
    variant = turn.variant
    with place:
        prompt = st.chat_message("You", avatar=USER)
        with prompt:
            _show_prompt(turn)
        with st.chat_message("assistant", avatar=MODEL):
            body, foot = st.container(), st.empty() if running else st.container(key=f"foot-{variant.id}")
    if variant.left_out:
        body.caption(
            f"{count(variant.left_out, 'earlier turn')} did not fit into the context and were not sent."
        )
    return _Frame(prompt, body, foot)


def _show_prompt(turn: Turn) -> None:
    variant = turn.variant
    if session.current().editing != variant.id:
        with row(border=True, key=f"prompt-{variant.id}"):
            prompts.show_text(variant)
            button("Edit", "edit", actions.edit, variant, key=f"edit-{variant.id}")
        return
    prompts.show_editor(turn)


def _follow(turn: Turn, place: DeltaGenerator, older: _Older, fresh: bool) -> Callable[[], None]:
    """Write the answer as it arrives, and return a function that draws what belongs to its end.

    Run the page again instead if a prompt waits, or if the text of the answer has to be drawn anew.
    """

    def tick() -> None:
        yield_point()
        older.draw_when_due()

    variant, frame = turn.variant, _show_frame(turn, place, running=True)
    variant.settled = False
    with frame.body:
        begun = _show_before(variant)
    live, card = frame.body.empty(), frame.body.empty()
    if not fresh:
        frame.clear_the_rest()
    # chat_storage.js stores the text under this key each second, in case the server ends.
    write_live(variant.parts[-1], live, tick, key="live-answer", begun=begun)
    if session.current().waiting or _looks_different_in_one_piece(variant):
        older.wait()
        st.rerun()
    return partial(_settle, turn, frame, live, card)


def _looks_different_in_one_piece(variant: Variant) -> bool:
    """Whether the text of an answer that has ended is not what was written while it arrived."""
    plain, continued = is_plain(variant.id), len(variant.parts) > 1
    return plain or continued or bool(_DEFINITION.search(variant.answer.text))


def _settle(turn: Turn, frame: _Frame, live: DeltaGenerator, card: DeltaGenerator) -> None:
    """Draw the end of an answer into the frame in which it has arrived. Its text stays as it is."""
    answer = turn.variant.answer
    if not answer.shown_text and not answer.thinking:
        live.empty()
    if answer.problem:
        with card:
            _show_problem(turn, answer.problem, newest=True)
    with frame.foot.container(key=f"foot-{turn.variant.id}"):
        _show_end(turn, newest=True)


def _show_before(variant: Variant) -> str:
    """Draw what was there before Continue, except for the block that the new text goes on with, and return
    this block, so that the new text is drawn inside its list or fence."""
    if len(variant.parts) < 2:
        return ""
    before = joined(variant.answers[:-1])
    show_thinking(before)
    if not goes_on_in_place(variant):
        show_text(before, is_plain(variant.id))
        return ""
    whole, begun = unfinished_block(before.shown_text)
    if whole:
        show_text(replace(before, text=whole), is_plain(variant.id))
    return begun


def _show_problem(turn: Turn, problem: Problem, newest: bool) -> None:
    variant = turn.variant

    def buttons() -> None:
        if newest and can_go_on(variant):
            continue_button(variant)
        if problem.retry:
            key = f"retry-{variant.id}"
            button("Retry", "refresh", once(actions.retry), turn, key=key, type="secondary")
        if problem.kind not in _NOT_FOR_THIS_ACCOUNT:
            return
        if other := nearest_active(variant.answer.recipe.model, backend().models):
            label, key = f"Ask {other.name} instead", f"instead-{variant.id}"
            ask = once(actions.ask_another_model)
            button(label, "swap_horiz", ask, turn, other, key=key, type="secondary")

    problem_card(problem, buttons=buttons, key=f"problem-{variant.id}")
