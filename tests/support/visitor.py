"""A visitor without a browser, who uses the pages over Streamlit's websocket and reads what they draw."""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

Result = TypeVar("Result")
PATIENCE_S = 30.0
_loop = asyncio.new_event_loop()
threading.Thread(target=_loop.run_forever, name="visitors", daemon=True).start()


def _wait(work: Coroutine[Any, Any, Result]) -> Result:
    """The result of work on the loop of all visitors; pytest's own thread may have another loop."""
    return asyncio.run_coroutine_threadsafe(work, _loop).result()


class Visitor:
    """One tab, which begins on the chat page. `drawn`: the Markdown, texts and alerts of the newest run, by
    their places on the page.

    Use it as a context manager; leaving the block closes the tab. Waiting for anything raises AssertionError
    after PATIENCE_S. A connection that the server ends raises websockets.ConnectionClosed.
    """

    def __init__(
        self, url: str, *, context: ssl.SSLContext | None = None, headers: dict[str, str] | None = None
    ) -> None:
        self._url = url.replace("http", "ws", 1).rstrip("/") + "/_stcore/stream"
        self._context, self._headers = context, headers or {}
        self._cookies: dict[str, str] = {}
        self._socket: ClientConnection | None = None
        self._page = self._query = ""
        self._session: list[str] = []  # as a browser tells which session it continues
        self._pages: dict[str, str] = {}  # the hash of each page by its name in the address
        self._widgets: dict[str, str] = {}  # the ids of the widgets that were ever drawn, by their keys
        self.drawn: dict[tuple[int, ...], str] = {}
        self.idle = False
        self._alerts: list[str] = []

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def connect(self, patience_s: float = PATIENCE_S) -> None:
        """Open the page, and wait until its first run has ended."""
        self._hang_up()
        self._session = []
        self._socket = _wait(self._opened())
        assert self._socket.response
        for told in self._socket.response.headers.get_all("set-cookie"):
            name, _, value = told.partition(";")[0].partition("=")
            self._cookies[name] = value
        self.touch()
        self.wait_for(lambda: self.idle and "prompt" in self._widgets, patience_s)

    def connect_again(self) -> None:
        """Lose the connection, and continue the session over another one, without asking for a run."""
        self._open().transport.abort()
        self.drawn.clear()
        self.idle = False
        self._socket = _wait(self._opened())

    def ask(self, prompt: str) -> None:
        """Send a prompt in the chat."""

        def fill(state: Any) -> None:
            self._widget(state, "prompt").chat_input_value.data = prompt

        self._run(fill)

    def touch(self) -> None:
        """Ask for a run without having clicked or typed, as a message of a component does."""
        self._run(lambda _: None)

    def open(self, name: str, query: str = "") -> None:
        """Open another page, with `query` in its address, and wait until its first run has ended."""
        self._page, self._query = self._pages[name], query
        self._run(lambda _: None)
        self.wait_for(lambda: self.idle)

    def click(
        self, key: str, values: Mapping[str, str | list[str]] | None = None, page: str | None = None
    ) -> None:
        """Click the button `key`, whether or not a browser would allow it, with these values in widgets.

        `page`: the name of the page that the browser still shows, if the server is on another one.
        """

        def fill(state: Any) -> None:
            self._widget(state, key).trigger_value = True
            for name, value in (values or {}).items():
                if isinstance(value, str):
                    self._widget(state, name).string_value = value
                else:
                    self._widget(state, name).string_array_value.data.extend(value)
            if page is not None:
                state.page_script_hash = self._pages[page]

        self._run(fill)

    def enter(self, key: str, value: str, page: str) -> None:
        """Enter a text into the box `key`, while the browser still shows the page of this name."""

        def fill(state: Any) -> None:
            self._widget(state, key).string_value = value
            state.page_script_hash = self._pages[page]

        self._run(fill)

    def tell(self, key: str, event: str, value: Any) -> None:
        """Send a message of the component `key`, which may be of a page that was left."""

        def fill(state: Any) -> None:
            told = self._widget(state, key)
            told.id = _make_trigger_id(told.id, "events")
            told.json_trigger_value = json.dumps([{"event": event, "value": value}])

        self._run(fill)

    def leave(self) -> None:
        """Close the tab; `connect` opens a new one."""
        self._hang_up()

    def words(self) -> list[str]:
        """The numbered words on the page, in order."""
        return [word for place in sorted(self.drawn) for word in re.findall(r"\bw\d+\b", self.drawn[place])]

    @property
    def page(self) -> str:
        """The name of the page of the newest run, as in its address."""
        return next(name for name, page in self._pages.items() if page == self._page)

    def alerts(self) -> str:
        """The alerts that the newest run has drawn."""
        return "\n".join(self._alerts)

    def wait_for(self, condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
        """Read messages until the condition holds."""
        deadline = time.monotonic() + patience_s
        while not condition():
            left = deadline - time.monotonic()
            assert left > 0, f"Waited {patience_s:g} s. Drawn: {self.drawn}"
            try:
                data = _wait(asyncio.wait_for(self._open().recv(), min(left, 1)))
            except TimeoutError:
                continue
            self._take(ForwardMsg.FromString(data))

    async def _opened(self) -> ClientConnection:
        return await connect(
            self._url,
            subprotocols=["streamlit", *self._session],  # type: ignore[list-item]
            max_size=None,
            ssl=self._context,
            additional_headers={**self._headers, **self._cookie_header()},
            proxy=None,
            close_timeout=1,
            ping_interval=None,
        )

    def _open(self) -> ClientConnection:
        assert self._socket
        return self._socket

    def _hang_up(self) -> None:
        if self._socket:
            _wait(self._socket.close())
            self._socket = None

    def _cookie_header(self) -> dict[str, str]:
        """The cookies that the server has set, as a browser sends them back."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"Cookie": cookies} if cookies else {}

    def _run(self, fill: Callable[[Any], None]) -> None:
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.page_script_hash = self._page
        fill(message.rerun_script)
        self.idle = False
        self._send(message)

    def _send(self, message: BackMsg) -> None:
        _wait(self._open().send(message.SerializeToString()))

    def _widget(self, state: Any, key: str) -> Any:
        widget = state.widget_states.widgets.add()
        widget.id = self._widgets[key]
        return widget

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.drawn.clear()
            self._alerts.clear()
            self.idle = False
            self._page = message.new_session.page_script_hash
            self._session = ["no-token", message.new_session.initialize.session_id]
        elif kind == "navigation":
            self._pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            self._page = message.navigation.page_script_hash
        elif kind == "script_finished":
            self.idle = message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element, place = message.delta.new_element, tuple(message.metadata.delta_path)
            kind = element.WhichOneof("type")
            self.drawn.pop(place, None)
            if widget_id := getattr(getattr(element, kind), "id", ""):
                self._widgets[widget_id.split("-", 2)[-1]] = widget_id
            if kind == "markdown":
                self.drawn[place] = element.markdown.body
            elif kind == "alert":
                self.drawn[place] = element.alert.body
                self._alerts.append(element.alert.body)
            elif kind == "text":
                self.drawn[place] = element.text.body
