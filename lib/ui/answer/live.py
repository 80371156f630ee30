"""An answer on the page while it arrives."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.bedrock.reply import Reply
from lib.markdown.pacing import TICK_S, paced_markdown
from lib.markdown.streamlit_markdown import streamlit_markdown
from lib.ui.answer.thinking import show_thinking
from lib.ui.app.streamlit_quirks import yield_point


def write_live(
    stream: Reply,
    place: DeltaGenerator,
    tick: Callable[[], object] = yield_point,
    key: str | None = None,
    begun: str = "",
) -> None:
    """Write the reply into `place`, an `st.empty`, until it has ended.

    `tick` runs at least every 50 ms and has to be, or to call, `yield_point`. `key`: that of the container of
    the text. `begun`: the block of an earlier part that the reply goes on with; it is drawn with the reply.
    """
    with place:
        if begun:
            with st.container():
                st.markdown(streamlit_markdown(begun), anchors=False)
                with st.empty():
                    _wait_for_text(stream, tick)
        else:
            _wait_for_text(stream, tick)
        with st.container():
            show_thinking(stream.answer)
            with st.container(key=key):
                st.write_stream(paced_markdown(stream, tick, begun))


def _wait_for_text(stream: Reply, tick: Callable[[], object]) -> None:
    said = ""
    while True:
        now = _waiting_for(stream.thinking_ms)
        if now != said:
            said = now
            st.caption(said)  # an animated text would double the work of the tab while it waits
        if stream.read(0, TICK_S) or stream.ended:
            return
        tick()


def _waiting_for(thinking_ms: float | None) -> str:
    if thinking_ms is None:
        return "Waiting for the first token"
    seconds = int(thinking_ms / 1000)
    return f"Thinking, {seconds} s" if seconds else "Thinking"
