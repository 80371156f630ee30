"""Sirocco: `streamlit run streamlit_app.py`.

The start-up of the server and its middleware. The script of the page is lib/ui/app/shell.py.
"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from lib.hosting.addresses import Addresses
from lib.hosting.compressed import Compressed
from lib.hosting.connections import TabConnections
from lib.hosting.deployment import deployment
from lib.hosting.front_page import FrontPage
from lib.hosting.headers import SecurityHeaders, inline_scripts
from lib.hosting.hosts import AllowedHosts
from lib.hosting.noise import BinaryFrames
from lib.hosting.own_files import OwnFiles
from lib.ui.app import shell
from lib.ui.app.shell import PAGES
from lib.ui.app.startup import lifespan, metrics, readiness
from lib.ui.browser import components

page = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
base = st.get_option("server.baseUrlPath") or ""
middleware = [
    Middleware(SecurityHeaders, base=base, scripts=inline_scripts(page)),
    Middleware(AllowedHosts, bound_to=st.get_option("server.address")),
    Middleware(
        Addresses,
        pages=PAGES,
        base=base,
        readiness=readiness,
        metrics=metrics.text,
        token=lambda: deployment().metrics_token,
    ),
    Middleware(Compressed),
    Middleware(FrontPage, page=page, pages=PAGES, base=base, styles=[shell.STYLE]),
    Middleware(OwnFiles, texts={**components.scripts(), **shell.files()}, base=base),
    Middleware(BinaryFrames),
    Middleware(TabConnections),
]
app = st.App("lib/ui/app/shell.py", lifespan=lifespan, middleware=middleware)

if st.runtime.exists():  # a host that runs this file as a plain script, without st.App
    shell.run()
