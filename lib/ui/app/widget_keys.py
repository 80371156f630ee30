"""The keys of the widgets whose values other code reads or sets.

Streamlit keeps the values of widgets in st.session_state under these keys. Everything else that a tab holds
is in its Session (lib/ui/app/session.py).
"""

from lib.comparison import plan
from lib.comparison.plan import Subject
from lib.mistral import recipe
from lib.mistral.catalog import Model

PROMPT = "prompt"

MODEL, STOP, SYSTEM = "model", "stop", "system"
TEMPERATURE, MAX_TOKENS, TOP_P, TOP_K = "temperature", "max_tokens", "top_p", "top_k"
SETTINGS = (*recipe.SETTINGS, MODEL)
"""The widgets of the sidebar, under the names of Recipe's fields; the page's address has the same names."""

COMPARE_PROMPT = "compare-prompt"
COMPARE_SUBJECT = "compare-subject"
COMPARE_REPEATS = "compare-repeats"
COMPARE_COLUMNS = "compare-columns"
COMPARE_BLIND = "compare-blind"
COMPARE_QUESTION = "compare-question"
COMPARE_MARK = "compare-mark"
COMPARE_PLAIN = "compare-plain"

SHARED_FILE = "shared-file"

CHAT_STORAGE = "chat-storage"
CHAT_END = "chat-end"
SHARED_LINK = "shared-link"
RUNS_STORAGE = "runs-storage"
PAGE_SCRIPT = "page-script"


def compare_values(model: Model, subject: Subject) -> str:
    """One key for each range of values, so that no value stays that another model does not take."""
    options = plan.choices(model, subject)
    return f"compare-{subject}-{options[-1]:g}" if options else f"compare-{subject}"


def compare_system(number: int) -> str:
    """The system text of a column; `number` counts from 0."""
    return f"compare-system-{number}"


def suggestion(number: int) -> str:
    """A prompt to start with; `number` counts from 0."""
    return f"suggestion-{number}"


def edited(variant_id: str) -> str:
    """The text area in which the prompt of a variant is edited."""
    return f"edited-{variant_id}"


def plain(answer_id: str) -> str:
    """The switch that draws an answer as plain text."""
    return f"plain-{answer_id}"


def page_of(conversation_id: str, pages: int) -> str:
    """The page of a long conversation that is on show."""
    return f"page-{conversation_id}-{pages}"
