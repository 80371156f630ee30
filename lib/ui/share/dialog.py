"""The Share dialog: what is shared, as a link, a QR code, a frame for other pages, or a file."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from lib.bedrock.answer import Answer
from lib.bedrock.wording import count
from lib.comparison.blind import ASKED, Question
from lib.records import links, qr
from lib.records.shared import UNASKED, Kind, Part, Shared, TooLong, share
from lib.records.tasting import questions
from lib.ui.app.shell import HOME, PAGES
from lib.ui.app.widgets import row
from lib.ui.browser import copy_button
from lib.ui.share import downloads

_KINDS: dict[Kind, str] = {
    "answer": "This answer",
    "conversation": "The conversation",
    "comparison": "The comparison",
}
_AS_TASTE = "As a blind taste: whoever opens it picks an answer before the settings are shown"
_LONG = 2_000  # characters; mail and chat programs cut longer links
_EASY_TO_SCAN = 1_200  # characters; telephones take long to read longer codes


def show_share_form(offered: Mapping[Kind, Sequence[Answer]], key: str) -> None:
    """Draw the form into the current st.dialog. `offered`: what can be shared, with the first kind selected;
    kinds without answers are left out."""
    kinds = [kind for kind, answers in offered.items() if answers]
    kind = kinds[0]
    if len(kinds) > 1:
        picked = st.segmented_control(
            "What to share",
            kinds,
            default=kind,
            required=True,
            format_func=lambda name: _KINDS[name],
            key=f"{key}-kind",
            label_visibility="collapsed",
        )
        kind = picked or kind
    answers = offered[kind]
    without = _choose_parts(kind, answers, key)
    shared = share(kind, answers, on=date.today(), without=without)
    shared = replace(shared, question=_question(shared, key))
    link_tab, code_tab, embed_tab, file_tab = st.tabs(["Link", "QR code", "Embed", "File"])
    url = _link(shared, link_tab)
    with code_tab:
        _code(url)
    with embed_tab:
        _frame(url)
    with file_tab:
        downloads.show_downloads(shared, key)


def _choose_parts(kind: Kind, answers: Sequence[Answer], key: str) -> list[Part]:
    """Draw a checkbox for each part and return the parts that are to be left out."""
    st.caption(
        "Whoever gets the link or the file can read all that is in it, and so can the service that carries "
        "your message; the Sirocco that opens it reads it, too, but stores and logs nothing of it."
    )
    st.caption("The prompt, the model and the settings always go along; keys, request ids and errors never.")
    without: list[Part] = []
    with st.container(gap="xsmall"):
        for part in contents(kind, answers):
            hidden = part in ("times", "thinking") and "answers" in without
            says = contents(kind, answers, without).get(part)
            if says is None:  # only the turns before had this part, and they are left out
                continue
            wanted = st.checkbox(says, value=part not in UNASKED, key=f"{key}-{kind}-{part}", disabled=hidden)
            if not wanted or hidden:
                without.append(part)
    return without


def _question(shared: Shared, key: str) -> Question | None:
    """Draw the choice of a blind taste, where it is possible, and return what the reader is asked."""
    offered = questions(shared)
    if not offered or not st.checkbox(_AS_TASTE, key=f"{key}-taste"):
        return None
    if len(offered) == 1:
        return offered[0]
    label = "Question"
    return st.radio(label, offered, horizontal=True, format_func=ASKED.__getitem__, key=f"{key}-question")


def contents(kind: Kind, answers: Sequence[Answer], without: Sequence[Part] = ()) -> dict[Part, str]:
    """The parts that can be left out, in plain words and in the order of their checkboxes.

    `without`: parts that are left out already. Of a conversation without the turns before the last prompt,
    only the last answer is shared.
    """
    found: dict[Part, str] = {}
    last = answers[-1].recipe
    systems = {answer.recipe.system for answer in answers if answer.recipe.system.strip()}
    if systems:
        found["system"] = f"System text ({sum(map(len, systems)):,} characters)"
    recipes = [last] if kind == "conversation" else [answer.recipe for answer in answers]
    if before := max(recipe.turns_before for recipe in recipes):
        found["turns"] = f"The turns before the last prompt ({count(before, 'turn')})"
    if kind == "conversation" and "turns" in without:
        answers = answers[-1:]
    if any(answer.text for answer in answers):
        texts = sum(len(answer.text) for answer in answers)
        what = "The answer" if len(answers) == 1 else f"The {len(answers)} answers"
        found["answers"] = f"{what} ({texts:,} characters)"
        found["times"] = "When each piece arrived, so that it plays at its own pace"
    if thinking := sum(len(answer.thinking) for answer in answers):
        found["thinking"] = f"What the model thought before it answered ({thinking:,} characters)"
    return found


def address(shown: str, packed: str) -> str:
    """The link, made from the address `shown` in the visitor's browser: a proxy may have cut its path before
    this server got it."""
    at = urlsplit(shown)
    folder, _, page = at.path.rpartition("/")
    if page not in PAGES or page == HOME:  # the address of HOME does not end in its name
        folder = at.path.rstrip("/")
    path = f"{folder}/{links.PAGE}"
    return urlunsplit((at.scheme, at.netloc, path, "", f"{links.PARAMETER}={packed}"))


def _link(shared: Shared, place: st.delta_generator.DeltaGenerator) -> str | None:
    """Draw the link and return its address; None if it is too long."""
    with place:
        try:
            packed = links.to_link(shared)
        except TooLong as long:
            st.text(f"{long.sentence} Leave something out above, or send the file.")
            downloads.recipe_file(shared, "long")
            return None
        url = address(st.context.url or "", packed)
        with st.container(key="whole-lines-link"):
            st.code(url, language=None, wrap_lines=True)
        with row():
            copy_button.button("Copy the link", url, "copy-link")
            most = links.LIMIT + len(url) - len(packed)
            st.caption(f"{len(url):,} of {most:,} characters", width="content")
        if len(url) > _LONG:
            st.caption(
                f"Mail and chat may cut a link of more than {_LONG:,} characters. Send the file instead."
            )
        if urlsplit(url).hostname in ("localhost", "127.0.0.1"):
            st.caption("This page runs on your own computer: the link opens only there.")
        return url


def _code(url: str | None) -> None:
    if url is None:
        st.text("There is no link to draw.")
        return
    try:
        picture = qr.png(url, scale=3)
    except TooLong as long:
        st.text(f"{long.sentence} Leave out when each piece arrived, or the answer.")
        return
    st.image(picture, alt="QR code of the link", width=min(420, 60 + len(url) // 3))
    if len(url) > _EASY_TO_SCAN:
        st.caption("A dense code: hold the telephone close and still, or leave something out.")


def _frame(url: str | None) -> None:
    if url is None:
        st.text("There is no link to embed.")
        return
    with st.container(key="whole-lines-frame"):
        st.code(frame(url), language=None, wrap_lines=True)
    copy_button.button("Copy the frame", frame(url), "copy-frame")
    st.caption("For a page of your own. The host of this one must allow it: SIROCCO_FRAME_ANCESTORS.")


def frame(url: str) -> str:
    """The HTML that shows the link inside another page."""
    place, _, shared = url.partition("#")
    source = html.escape(f"{place}?embed=true#{shared}")
    return (
        f'<iframe src="{source}" title="A shared answer in Sirocco" width="100%" height="640" '
        'loading="lazy" style="border:0"></iframe>'
    )
