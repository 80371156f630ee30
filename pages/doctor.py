"""Does this deployment work? The report of `python -m lib.hosting.doctor`, for a browser."""

import streamlit as st

from lib.ui.app.startup import backend
from lib.ui.doctor import report

st.title("Doctor")
verdict = st.container()
report.show_buttons(backend())
checks = report.checks()
verdict.caption(report.verdict(checks))
report.show_checks(checks)
