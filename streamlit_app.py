"""Sirocco: `streamlit run streamlit_app.py`.

Start-up and response headers. The script of the page is lib/ui/app/shell.py.
"""

import streamlit as st
from starlette.middleware import Middleware

from lib.hosting.addresses import Addresses
from lib.hosting.connections import TabConnections
from lib.hosting.deployment import deployment
from lib.hosting.headers import SecurityHeaders
from lib.hosting.noise import BinaryFrames
from lib.ui.app.shell import PAGES
from lib.ui.app.startup import lifespan, metrics, readiness

middleware = [
    Middleware(SecurityHeaders),
    Middleware(
        Addresses,
        pages=PAGES,
        base=st.get_option("server.baseUrlPath") or "",
        readiness=readiness,
        metrics=metrics.text,
        token=lambda: deployment().metrics_token,
    ),
    Middleware(BinaryFrames),
    Middleware(TabConnections),
]
app = st.App("lib/ui/app/shell.py", lifespan=lifespan, middleware=middleware)

if st.runtime.exists():  # a host that runs this file as a plain script, without st.App
    from lib.ui.app import shell

    shell.run()
