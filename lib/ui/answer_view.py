"""One exchange on the page: the prompt, the answer live or settled, its line, and what went wrong."""

from __future__ import annotations

import streamlit as st

from lib.bedrock.backend import Backend
from lib.bedrock.problems import Problem
from lib.bedrock.stream import AnswerStream
from lib.ui import conversation
from lib.ui.answer_line import answer_line
from lib.ui.conversation import Exchange
from lib.ui.typeset import typeset
from lib.ui.typewriter import typewriter

USER, MODEL = ":material/person:", ":material/air:"
_STOP_NOTICED_S = 0.25


def show_exchange(exchange: Exchange, backend: Backend) -> None:
    """Draw it; if the answer still runs, follow it to its end and then run the page again."""
    with st.chat_message("user", avatar=USER):
        st.text(exchange.prompt)
    with st.chat_message("assistant", avatar=MODEL):
        for attempt in exchange.attempts[:-1]:
            _show_earlier(attempt)
        if exchange.stream.ended:
            _show_settled(exchange, backend)
        else:
            _follow(exchange)
            st.rerun()


def _show_settled(exchange: Exchange, backend: Backend) -> None:
    answer = exchange.stream.answer
    if answer.shown_text:
        st.markdown(typeset(answer.shown_text))
    if answer.problem:
        _show_problem(exchange, answer.problem, backend)
    st.caption(answer_line(answer))


def _show_earlier(attempt: AnswerStream) -> None:
    answer = attempt.answer
    if answer.shown_text:
        with st.expander("An earlier attempt", icon=":material/history:", type="compact"):
            st.markdown(typeset(answer.shown_text))
            st.caption(answer_line(answer))


def _follow(exchange: Exchange) -> None:
    follower = exchange.follower = object()
    stream = exchange.stream
    try:
        body = st.container()
        with st.container(key="live"):
            st.button(
                "Stop",
                key="stop-answer",
                icon=":material/stop_circle:",
                type="tertiary",
                on_click=stream.close,
            )
            _notice_stop(exchange)
        with body, st.empty():
            st.markdown(":shimmer[Waiting for the first token]")
            while not stream.read(0, 0.05) and not stream.ended:
                _yield_to_streamlit()
            with st.container():
                st.write_stream(typewriter(stream, _yield_to_streamlit))
    finally:
        if exchange.follower is follower:  # a rerun may have begun to follow in the meantime
            exchange.follower = None


def _yield_to_streamlit() -> None:
    """Touching the session state is where Streamlit ends a run that was stopped or overtaken."""
    _ = "exchanges" in st.session_state


@st.fragment(run_every=_STOP_NOTICED_S)
def _notice_stop(exchange: Exchange) -> None:
    """The chat input's stop ends the script and runs nothing of ours; but then this fragment is run again."""
    if exchange.follower is None:
        exchange.stream.close()
        st.rerun()


def _show_problem(exchange: Exchange, problem: Problem, backend: Backend) -> None:
    icon = {
        "error": ":material/error:",
        "warning": ":material/warning:",
        "info": ":material/info:",
    }[problem.level]
    with st.container(border=True, gap="xsmall", key=f"problem-{exchange.number}"):
        st.markdown(f"{icon} **{problem.title}**")
        st.text(problem.cause)  # as text: it may quote the service
        st.text(problem.fix)
        with st.container(horizontal=True, vertical_alignment="center"):
            if problem.retry:
                st.button(
                    "Retry",
                    key=f"retry-{exchange.number}-{len(exchange.attempts)}",
                    icon=":material/refresh:",
                    on_click=conversation.retry,
                    args=(backend, exchange),
                )
            if problem.request_id:
                st.caption(f"Request id {problem.request_id}")
