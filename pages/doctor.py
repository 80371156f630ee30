"""Does this deployment work? The report of `python -m lib.hosting.doctor`, for a browser. Visitors see only
what works."""

from functools import partial

import streamlit as st

from lib.ui.app import door
from lib.ui.app.startup import backend
from lib.ui.browser import page_script
from lib.ui.doctor import report
from lib.ui.sidebar import carry

st.title("Doctor", anchor=False)
page_script.mount(bring_back=partial(carry.bring_back, backend()))
verdict = st.container()
host = door.is_host()
report.show_buttons(backend(), host)
checks = report.checks()
verdict.caption(report.verdict(checks, host))
report.show_checks(checks, host)
