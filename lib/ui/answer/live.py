"""An answer on the page while it arrives."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.bedrock.reply import Reply
from lib.markdown.pacing import TICK_S, paced_markdown
from lib.ui.app.streamlit_quirks import yield_point


def write_live(
    stream: Reply, place: DeltaGenerator, tick: Callable[[], object] = yield_point, key: str | None = None
) -> None:
    """Write the reply into `place`, an `st.empty`, until it has ended.

    `tick` runs at least every 50 ms and has to be, or to call, a yield point. `key`: of the text's container.
    """
    with place:
        st.markdown(":shimmer[Waiting for the first token]")
        while not stream.read(0, TICK_S) and not stream.ended:
            tick()
        with st.container(key=key):
            st.write_stream(paced_markdown(stream, tick))
