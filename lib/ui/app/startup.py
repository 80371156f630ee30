"""What happens once, when the server starts: settings, backend, and slow imports."""

import asyncio
import gc
import importlib
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from lib.bedrock.backend import Backend
from lib.bedrock.odds import OddsClient
from lib.bedrock.settings import load_settings
from lib.hosting import connections, noise, start, uvicorn_server
from lib.hosting.answer_log import AnswerLog
from lib.hosting.deployment import deployment
from lib.hosting.drain import Drain, serving
from lib.hosting.metrics import Metrics
from lib.hosting.readiness import Readiness
from lib.ui.app.once import Once
from lib.ui.app.streamlit_quirks import (
    finish_callbacks,
    keep_page_changes,
    run_after_an_outage,
    send_all_that_was_drawn,
)

_log = logging.getLogger("sirocco")
ROOT = Path(__file__).resolve().parents[3]


@Once
def backend() -> Backend:
    """The one Backend of this process; the first call detects it and starts the local endpoint if needed."""
    finish_callbacks()
    keep_page_changes()
    run_after_an_outage()
    send_all_that_was_drawn()
    try:
        secrets = st.secrets.to_dict()
    except StreamlitSecretNotFoundError:
        secrets = {}
    load_settings(ROOT, secrets)
    made = start.backend(ROOT)
    if sentence := start.warning(made, st.get_option("server.address")):
        logging.getLogger("sirocco").warning(sentence)
    for note in made.notes:
        logging.getLogger("sirocco").warning(note)
    made.running.observe(metrics)
    made.running.observe(AnswerLog(lambda: deployment().log))
    return made


@Once
def odds_client() -> OddsClient:
    """The one OddsClient of this process."""
    return OddsClient(backend())


metrics = Metrics(sessions=connections.open_count)
readiness = Readiness(serving, backend)


def _warm_up() -> None:
    chosen = backend()
    for slow in ("pandas", "altair"):  # else the first answer and the first chart would wait for them
        importlib.import_module(slow)
    chosen.warm_up()
    # Imported objects never become garbage, so later collections need not examine them.
    gc.collect()
    gc.freeze()


def _start_up() -> None:
    try:
        for note in (*backend().notes, *deployment().notes):
            _log.warning(note)
        _warm_up()
        if port := deployment().metrics_port:
            metrics.serve(port, st.get_option("server.address") or "0.0.0.0")
    finally:  # a page whose backend could not be detected still says why
        serving.started()


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Start-up in the background, so that the page is served at once; at the end the local endpoint stops."""
    noise.install()
    no_delay = None
    if server := uvicorn_server.find_server():
        uvicorn_server.configure(server)
        no_delay = asyncio.create_task(uvicorn_server.send_without_delay(server))
        Drain(server, lambda: backend().running, lambda: deployment().drain_s, serving).install()
    threading.Thread(target=_start_up, name="start-up", daemon=True).start()
    yield
    del no_delay  # the event loop keeps no reference of its own to a task
    here = backend()
    here.gate.close()
    odds_client().close()
    if here.endpoint:
        here.endpoint.close()
