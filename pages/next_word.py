"""How likely each next word of a text is, by the odds of the embedded model."""

from functools import partial

from lib.ui.app import session
from lib.ui.app.startup import backend
from lib.ui.browser import page_script
from lib.ui.next_word import next_word_page
from lib.ui.sidebar import carry

session.go_where_asked()
page_script.mount(bring_back=partial(carry.bring_back, backend()))
next_word_page.show_next_word_page(backend())
