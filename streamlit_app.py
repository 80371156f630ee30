"""Sirocco: `streamlit run streamlit_app.py`. Start-up and response headers; the page is lib/ui/shell.py."""

import streamlit as st
from starlette.middleware import Middleware

from lib.ui.headers import SecurityHeaders
from lib.ui.start import lifespan

app = st.App("lib/ui/shell.py", lifespan=lifespan, middleware=[Middleware(SecurityHeaders)])

if st.runtime.exists():  # a host that runs this file as a plain script, without st.App
    from lib.ui import shell

    shell.run()
