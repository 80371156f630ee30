"""A page while its script still runs: what the browser shows of it, and how the browser interrupts it.

AppTest tells only how a run has ended. This records what every run sends, as the browser receives it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner import RerunData, ScriptRunner, ScriptRunnerEvent
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from tests.support.waiting import eventually


class LivePage:
    """A page as a browser shows it: an element stays until another takes its place, or until a run that did
    not draw it has ended. `runs`: how often the script has begun to run. `history`: all that was ever drawn,
    for what may be gone before a busy machine looks at it."""

    def __init__(self) -> None:
        self.runs = 0
        self.history: list[str] = []
        self._shown: dict[tuple[int, ...], tuple[int, str]] = {}
        self._runner: LocalScriptRunner
        self._at: AppTest

    def connect(self, *args: Any, **settings: Any) -> LocalScriptRunner:
        """Makes AppTest's script runner, to which this listens."""
        self._runner = LocalScriptRunner(*args, **settings)
        self._runner.on_event.connect(self._hear, weak=False)
        return self._runner

    @contextlib.contextmanager
    def running(self, at: AppTest) -> Iterator[None]:
        """The page runs within the block; at its end the script is asked to stop."""
        self._at, before = at, self.runs
        thread = threading.Thread(target=at.run, daemon=True)  # a script that cannot be stopped ends no test
        thread.start()
        eventually(lambda: self.runs > before)
        try:
            yield
        finally:
            self.stop()
        self.wait_until_the_script_has_ended()
        thread.join()
        assert not at.exception

    def count(self, text: str) -> int:
        """How many elements show it, labels too. `text` is ASCII; in quotes it is the whole of something."""
        return sum(text in shown for _, shown in list(self._shown.values()))

    def wait_for(self, text: str) -> None:
        """Wait until the present run has drawn it."""
        eventually(lambda: any(run == self.runs and text in each for run, each in list(self._shown.values())))

    def rerun(self, *clicked: Any) -> None:
        """What the browser asks for when these buttons are clicked, or at a fragment's rerun of the page.

        Of a widget that is no button, its value is sent.

        Returns when that run has begun.
        """
        before = self.runs
        self.ask(*clicked)
        eventually(lambda: self.runs > before)

    def ask(self, *clicked: Any, page: str = "") -> None:
        """As `rerun`, but returns at once, so that the script itself can call it. `page`: a link to it."""
        sent = [widget.click() if isinstance(widget, Button) else widget for widget in clicked]
        states = WidgetStates(widgets=[widget._widget_state for widget in sent])
        pages = self._runner._pages_manager.get_pages()
        named = [found for found, about in pages.items() if about.get("url_pathname") == page]
        to = named[0] if page else self._runner._pages_manager.current_page_script_hash
        query = urlencode(self._at.query_params, doseq=True)
        self._runner.request_rerun(RerunData(query, states if clicked else None, to))

    def stop(self) -> None:
        """What the browser asks for on Stop, or when it leaves."""
        self._runner.request_stop()

    def wait_until_the_script_has_ended(self) -> None:
        eventually(self._runner.script_stopped)

    def _hear(self, _: ScriptRunner | None, event: ScriptRunnerEvent, **told: Any) -> None:
        if event == ScriptRunnerEvent.SCRIPT_STARTED:
            self.runs += 1
        elif event == ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS:
            self._shown = {at: (run, text) for at, (run, text) in self._shown.items() if run == self.runs}
        elif event == ScriptRunnerEvent.ENQUEUE_FORWARD_MSG and told["forward_msg"].HasField("delta"):
            self._draw(tuple(told["forward_msg"].metadata.delta_path), told["forward_msg"].delta)

    def _draw(self, place: tuple[int, ...], delta: Any) -> None:
        if delta.HasField("new_element"):  # a block in the place of another keeps what was in it
            for at in [at for at in list(self._shown) if at[: len(place)] == place]:
                del self._shown[at]
        self.history.append(str(delta))
        self._shown[place] = self.runs, self.history[-1]
