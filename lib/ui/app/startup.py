"""What happens once, when the server starts: settings, backend, the imports a first answer would wait for."""

import gc
import importlib
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from lib.bedrock.backend import Backend, load_settings
from lib.hosting import start
from lib.ui.app.streamlit_quirks import finish_callbacks

ROOT = Path(__file__).resolve().parents[3]


@st.cache_resource(show_spinner=False)
def backend() -> Backend:
    """The one Backend of this process; the first call detects it and starts the local endpoint if needed."""
    finish_callbacks()
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
    return made


def _warm_up() -> None:
    chosen = backend()
    for slow in ("pandas", "altair"):  # what a first answer and a first chart would wait for
        importlib.import_module(slow)
    chosen.warm_up()
    # What the imports made will never be garbage; no collection needs to look at it again.
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Start-up in the background, so that the page is served at once; at the end the local endpoint stops."""
    threading.Thread(target=_warm_up, name="start-up", daemon=True).start()
    yield
    here = backend()
    here.gate.close()
    if here.endpoint:
        here.endpoint.close()
