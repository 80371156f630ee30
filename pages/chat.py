"""The chat: a prompt, the settings in the sidebar, and the streamed answer."""

from lib.ui.app import session
from lib.ui.app.startup import backend
from lib.ui.browser import chat_storage
from lib.ui.chat import actions, header
from lib.ui.chat.surroundings import Surroundings
from lib.ui.chat.turns import show_turns
from lib.ui.compare import demonstration


def welcome() -> None:
    """What stands in an empty chat."""
    demonstration.show_demonstration(backend())
    header.suggestions(backend())


session.go_where_asked()
around = Surroundings(backend(), welcome)
if session.conversation().running() is None:
    around.show_settings()
    actions.ask_waiting()
# Asked once for this whole run of the script, because the answer may end at any moment.
around.followed = followed = session.conversation().running()
chat_storage.mount()
turns = session.newest_turns() if followed else around.show()
if answer_ends := show_turns(turns, followed, around.show):
    chat_storage.mount_end()
    around.end()
    answer_ends()
