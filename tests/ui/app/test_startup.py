"""What a process has once."""

import threading

import pytest
import streamlit as st

from lib.ui.app.once import Once
from lib.ui.app.startup import backend


def test_a_visitor_who_clears_streamlits_caches_makes_no_second_backend(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SIROCCO_BACKEND", "local")
    monkeypatch.setenv("SIROCCO_LOCAL_URL", "http://127.0.0.1:9")
    backend.clear()
    first = backend()
    st.cache_resource.clear()
    assert backend() is first
    backend.clear()


def test_the_value_is_made_once_however_many_threads_ask() -> None:
    made: list[object] = []
    together = threading.Barrier(8)

    def make() -> object:
        made.append(object())
        return made[-1]

    once = Once(make)

    def ask() -> None:
        together.wait()
        once()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_an_error_is_not_kept() -> None:
    answers = iter([OSError("not yet"), 7])

    def make() -> int:
        if isinstance(answer := next(answers), OSError):
            raise answer
        return answer

    once = Once(make)
    with pytest.raises(OSError, match="not yet"):
        once()
    assert once() == 7
