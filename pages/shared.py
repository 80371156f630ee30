"""A link or file that somebody shared: the recorded answer at its pace, and the same recipe run here."""

from functools import partial

from lib.ui.app import session
from lib.ui.app.startup import backend
from lib.ui.browser import page_script
from lib.ui.shared import open_link, shared_page
from lib.ui.sidebar import carry

session.go_where_asked()
ready = open_link.read_address()
page_script.mount(answers=True, bring_back=partial(carry.bring_back, backend()))
if ready:
    shared_page.show_shared_page(session.current().opened, backend())
