"""Private attributes and undocumented behaviour of our dependencies, as docs/architecture.md lists them.

A test here fails if an upgrade of Streamlit, botocore or urllib3 changes what the code relies on.
"""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from botocore.credentials import RefreshableCredentials
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.testing.v1 import AppTest
from urllib3.connection import HTTPConnection
from urllib3.util.ssltransport import SSLTransport

from lib.bedrock.connection import CallSocket, is_cuttable, make_cuttable
from lib.hosting.setup import _expiry
from lib.mistral.catalog import SAMPLE_MODEL_ID
from lib.mistral.dialects import body
from lib.ui.app import streamlit_quirks
from tests.support.calls import client as plain_client
from tests.support.makers import recipe
from tests.support.scripted_endpoint import Endpoint

ROOT = Path(__file__).resolve().parents[1]


class TestBotocoreAndUrllib3:
    def test_a_client_keeps_its_pool_classes_where_make_cuttable_replaces_them(
        self, endpoint: Endpoint
    ) -> None:
        client = plain_client(endpoint.url)
        pools = client._endpoint.http_session._pool_classes_by_scheme
        assert pools == {"http": AWSHTTPConnectionPool, "https": AWSHTTPSConnectionPool}
        assert not is_cuttable(client)
        assert make_cuttable(client)
        assert is_cuttable(client)

    def test_a_call_runs_on_a_connection_that_its_call_socket_knows(self, endpoint: Endpoint) -> None:
        client = plain_client(endpoint.url)
        make_cuttable(client)
        call_socket = CallSocket()
        with call_socket.carrying():
            asked = body(recipe("chunks=1"))
            response = client.invoke_model_with_response_stream(modelId=SAMPLE_MODEL_ID, body=asked)
            assert len(list(response["body"])) >= 1
        assert isinstance(call_socket._connection, AWSHTTPConnection)
        assert call_socket._connection.used_sock is not None

    @pytest.mark.parametrize(
        ("pool", "connection"),
        [(AWSHTTPConnectionPool, AWSHTTPConnection), (AWSHTTPSConnectionPool, AWSHTTPSConnection)],
    )
    def test_a_pool_opens_connections_of_its_class_attribute(self, pool: Any, connection: Any) -> None:
        assert pool.ConnectionCls is connection
        assert issubclass(connection, HTTPConnection)
        assert {"connect", "request"} <= set(dir(connection))

    def test_tls_within_tls_keeps_the_inner_socket_as_socket(self) -> None:
        assert "self.socket = socket" in inspect.getsource(SSLTransport.__init__)

    def test_temporary_credentials_know_when_they_expire(self) -> None:
        until = datetime.now(UTC) + timedelta(hours=1)
        found = RefreshableCredentials("key", "secret", "token", until, dict, "sso")
        assert _expiry(found) == until


def _touch_session_state_until_stopped() -> None:
    """A script that draws nothing in its loop, so that only the session state can end it."""
    import time

    import streamlit as st
    from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx

    context = get_script_run_ctx()
    assert context
    assert context.script_requests
    context.script_requests.request_stop()
    try:
        for _ in range(20):
            _ = "anything" in st.session_state
            time.sleep(0.01)
    except StopException:
        print("ended by the session state")
        raise
    print("still running")


def _number_box_with_a_link() -> None:
    import streamlit as st

    st.number_input("k", min_value=1, max_value=200, value=None, step=1, key="k", bind="query-params")


class TestStreamlit:
    def test_touching_the_session_state_ends_a_script_that_was_asked_to_stop(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        AppTest.from_function(_touch_session_state_until_stopped).run()
        assert "ended by the session state" in capsys.readouterr().out

    def test_a_number_box_still_fails_on_an_endless_number_in_the_link(self) -> None:
        """If this fails, `settings.readable` is no longer needed."""
        at = AppTest.from_function(_number_box_with_a_link)
        at.query_params["k"] = "1e999"
        assert at.run().exception

    def test_the_app_names_a_script_that_exists(self) -> None:
        source = (ROOT / "streamlit_app.py").read_text(encoding="utf-8")
        script = source.partition('st.App("')[2].partition('"')[0]
        assert (ROOT / script).is_file()
        assert {"script_path", "lifespan", "middleware"} <= set(inspect.signature(st.App).parameters)

    def test_a_folder_named_pages_beside_the_script_would_be_taken_for_its_pages(self) -> None:
        """Streamlit runs files in such a folder directly, so lib/ui/app must not have one."""
        assert not (ROOT / "lib" / "ui" / "app" / "pages").exists()


def _page_with_a_callback() -> None:
    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    def pressed() -> None:
        context = get_script_run_ctx()
        assert context
        assert context.script_requests
        context.script_requests.request_rerun(RerunData())  # as a tick of a fragment does
        st.session_state["typed"] = st.session_state["box"]

    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    st.text_input("Box", key="box")
    st.button("Press", on_click=pressed)


def _typed_and_pressed() -> AppTest:
    at = AppTest.from_function(_page_with_a_callback).run()
    at.text_input(key="box").set_value("kept")
    return at.button[0].click().run()


class TestStreamlitsCallbacks:
    def test_a_rerun_that_is_asked_for_during_a_callback_waits_for_its_end(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(SafeSessionState, "on_script_will_rerun", streamlit_quirks._with_callbacks)
        streamlit_quirks.finish_callbacks()
        at = _typed_and_pressed()
        assert not at.exception
        assert at.session_state["typed"] == "kept"
        assert at.session_state["runs"] == 2  # the first, and the one that was asked for

    def test_streamlit_alone_gives_the_callback_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Once this fails, `finish_callbacks` can go."""
        monkeypatch.setattr(SafeSessionState, "on_script_will_rerun", streamlit_quirks._with_callbacks)
        assert "typed" not in _typed_and_pressed().session_state


def _link_clicked_and(then: RerunData) -> str:
    """The page that is drawn after a click on a link to "next", and another request before it ran."""
    requests = ScriptRequests()
    requests.request_rerun(RerunData(page_script_hash="next", widget_states=WidgetStates()))
    requests.request_rerun(then)
    return requests.on_scriptrunner_ready().rerun_data.page_script_hash


@pytest.fixture
def kept_page_changes(monkeypatch: pytest.MonkeyPatch) -> list[ClientState | None]:
    """What Streamlit gets to hear of the browser's requests."""
    heard: list[ClientState | None] = []
    monkeypatch.setattr(ScriptRequests, "_request_rerun_locked", streamlit_quirks._ask_for_a_run)
    monkeypatch.setattr(AppSession, "request_rerun", streamlit_quirks._hear_the_browser)
    monkeypatch.setattr(streamlit_quirks, "_hear_the_browser", lambda _, told: heard.append(told))
    streamlit_quirks.keep_page_changes()
    return heard


class TestStreamlitsRequests:
    MESSAGE = ClientState(page_script_hash="here")
    MESSAGE.widget_states.widgets.add(id="component", json_trigger_value="{}")
    TICK = ClientState(page_script_hash="here", fragment_id="tick")
    VALUE = ClientState(page_script_hash="here")
    VALUE.widget_states.widgets.add(id="slider", double_value=1)
    LINK = ClientState(page_script_hash="here")

    @pytest.mark.parametrize(
        ("asked", "drawn", "wanted"),
        [("next", "here", "next"), ("", "next", "next"), (None, "next", "next"), ("", "", "here")],
    )
    def test_a_tick_of_a_fragment_a_message_and_a_value_do_not_undo_a_change_of_the_page(
        self, kept_page_changes: list[ClientState], asked: str | None, drawn: str, wanted: str
    ) -> None:
        """`asked`: the page that the newest run was asked for with, None without a run."""
        requests = ScriptRequests()
        requests.request_rerun(RerunData(page_script_hash=asked or ""))
        runner = None if asked is None else SimpleNamespace(_requests=requests)
        pages = SimpleNamespace(current_page_script_hash=drawn)
        here: Any = SimpleNamespace(_scriptrunner=runner, _pages_manager=pages)
        for told in (self.MESSAGE, self.TICK, self.VALUE, self.LINK):
            AppSession.request_rerun(here, told)
        assert [told.page_script_hash for told in kept_page_changes] == [wanted] * 3 + ["here"]
        assert kept_page_changes[0].widget_states == self.MESSAGE.widget_states

    @pytest.mark.usefixtures("kept_page_changes")
    def test_a_script_that_runs_again_does_not_undo_it_and_one_that_switches_does(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            streamlit_quirks, "get_script_run_ctx", lambda **_: SimpleNamespace(page_script_hash="here")
        )
        assert _link_clicked_and(RerunData(page_script_hash="here")) == "next"
        assert _link_clicked_and(RerunData(page_script_hash="switched")) == "switched"

    def test_streamlit_alone_undoes_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Once this fails, `keep_page_changes` can go."""
        monkeypatch.setattr(ScriptRequests, "_request_rerun_locked", streamlit_quirks._ask_for_a_run)
        assert _link_clicked_and(RerunData(page_script_hash="here")) == "here"

    def test_a_session_has_what_tells_its_page(self) -> None:
        assert "self._pages_manager = PagesManager(" in inspect.getsource(AppSession.__init__)
        assert hasattr(PagesManager, "current_page_script_hash")
        assert "self._requests = ScriptRequests()" in inspect.getsource(ScriptRunner.__init__)


def _sent_when_a_fragment_runs() -> list[ForwardMsg]:
    """What the browser gets of a run of the page that has drawn two texts in a fragment, if the fragment is
    run again, and draws one, before anything was sent."""
    queue = ForwardMsgQueue()
    for place, text in enumerate(("first", "second")):
        queue.enqueue(_text(place, text))
    queue.enqueue(ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY))
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["part"])
    queue.enqueue(_text(0, "again"))
    return queue.flush()


def _text(place: int, text: str) -> ForwardMsg:
    message = ForwardMsg()
    message.metadata.delta_path.append(place)
    message.delta.fragment_id = "part"
    message.delta.new_element.text.body = text
    return message


class TestStreamlitsQueue:
    def test_a_run_of_a_fragment_keeps_what_was_not_sent_and_is_put_behind_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ForwardMsgQueue, "clear", streamlit_quirks._drop_unsent)
        streamlit_quirks.send_all_that_was_drawn()
        *sent, last = _sent_when_a_fragment_runs()
        assert [message.delta.new_element.text.body for message in (*sent[:2], last)] == [
            "first",
            "second",
            "again",
        ]
        assert sent[2].script_finished == ForwardMsg.FINISHED_SUCCESSFULLY

    def test_a_run_of_the_page_replaces_what_was_not_sent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ForwardMsgQueue, "clear", streamlit_quirks._drop_unsent)
        streamlit_quirks.send_all_that_was_drawn()
        queue = ForwardMsgQueue()
        queue.enqueue(_text(0, "old"))
        queue.clear(retain_lifecycle_msgs=True)
        assert queue.is_empty()

    def test_streamlit_alone_drops_it_and_says_that_the_page_is_whole(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Once this fails, `send_all_that_was_drawn` can go."""
        monkeypatch.setattr(ForwardMsgQueue, "clear", streamlit_quirks._drop_unsent)
        finished, again = _sent_when_a_fragment_runs()
        assert finished.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        assert again.delta.new_element.text.body == "again"
