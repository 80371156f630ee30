"""The form of a comparison: the prompt, what is compared, how often, and what it may cost."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lib.bedrock.backend import Backend
from lib.comparison import plan
from lib.comparison.blind import ASKED, QUESTIONS
from lib.comparison.plan import FEWEST, MOST, REPEATS, SUBJECTS, Subject
from lib.comparison.run import AT_ONCE, Run, new
from lib.mistral.catalog import Model
from lib.mistral.recipe import Recipe, RecipeError
from lib.ui.app import session, widget_keys
from lib.ui.app.acts import once
from lib.ui.app.widgets import button, row
from lib.ui.compare import actions, guide
from lib.ui.compare.price import most
from lib.ui.compare.prompt import replace, show_prompt, typed
from lib.ui.compare.view import MARKS
from lib.ui.sidebar import settings

_REPEATS = (1, 2, 3, 4, 5, REPEATS)
_TRIED = 3  # repeats of a prompt of the guide
_FIRST_SYSTEMS = ["", "Answer like a pirate."]
_REPEATS_HELP = (
    "How many answers each column gets. With two or more, the results show how many answers differ, and "
    "after how many words."
)


def compares_temperature(here: Backend) -> bool:
    """Whether the columns differ by temperature, so that the one of the sidebar has no effect."""
    return _chosen_subject(here, settings.chosen(here)[0]) == "temperature"


def show_setup(here: Backend, model: Model, run: Run | None) -> None:
    """Draw the form; once there is a run, in a closed expander."""
    _fill(here, model)
    # The key changes with the run, so that an expander that was opened closes when another run begins.
    label = "Set up another comparison" if run else "Set-up"
    key = f"compare-setup-{run.id if run else 'first'}"
    with st.expander(label, expanded=run is None, icon=":material/tune:", key=key):
        guide.show_guide(here, _try)
        _form(here, model)


def _form(here: Backend, model: Model) -> None:
    show_prompt()
    with st.container(horizontal=True, gap="medium"):
        subject = _subject(here, model)
        _number_choice("Repeats", widget_keys.COMPARE_REPEATS, _REPEATS, _REPEATS_HELP)
        if subject == "system":
            _number_choice("Columns", widget_keys.COMPARE_COLUMNS, range(FEWEST, MOST + 1))
        else:
            _values(here, model, subject)
    if subject == "system":
        _system_texts()
    with row(gap="medium"):
        button("Run", "play_arrow", once(_begin), here, key="compare-run", type="primary")
        st.caption(_about(here), width="content")
        st.toggle(
            "Blind taste",
            key=widget_keys.COMPARE_BLIND,
            help="The next run hides the settings of its columns until you have picked one of the answers.",
            persist_state="session",
        )
        if st.session_state.get(widget_keys.COMPARE_BLIND) and subject == "temperature":
            _question()


def _question() -> None:
    st.radio(
        "Question",
        QUESTIONS,
        horizontal=True,
        format_func=ASKED.__getitem__,
        key=widget_keys.COMPARE_QUESTION,
        persist_state="session",
    )


def _fill(here: Backend, model: Model) -> None:
    """Set the widgets to the values of `Session.prefill`, or to their defaults, before they are drawn."""
    held = session.current()
    if held.must_reset("compare"):
        _reset(here, model)
    prefill, held.prefill = held.prefill, None
    if prefill is None:
        return
    if prefill.prompt is not None:
        replace(prefill.prompt)
    if prefill.subject:
        _fill_subject(here, model, prefill.subject, prefill.values)
    if prefill.repeats:
        st.session_state[widget_keys.COMPARE_REPEATS] = _nearest_repeats(prefill.repeats)
    if prefill.blind is not None:
        st.session_state[widget_keys.COMPARE_BLIND] = prefill.blind
        st.session_state[widget_keys.COMPARE_QUESTION] = prefill.question


def _fill_subject(here: Backend, model: Model, subject: Subject, values: Sequence[Any]) -> None:
    """Set what is compared, and the values that are offered here."""
    if subject not in _subjects(here, model):
        return
    st.session_state[widget_keys.COMPARE_SUBJECT] = subject
    if subject == "system":
        st.session_state[widget_keys.COMPARE_COLUMNS] = len(values)
        for number, text in enumerate(values):
            st.session_state[widget_keys.compare_system(number)] = text
        return
    offered = [each.id for each in here.models] if subject == "model" else plan.choices(model, subject)
    key = widget_keys.compare_values(model, subject)
    st.session_state[key] = [each for each in values if each in offered]


def _nearest_repeats(number: int) -> int:
    """The choice that is nearest to this number; a run that was restored can have any."""
    return min(_REPEATS, key=lambda choice: abs(choice - number))


def _reset(here: Backend, model: Model) -> None:
    """Set every widget to its default."""
    state, offered = st.session_state, _subjects(here, model)
    state[widget_keys.COMPARE_PROMPT] = ""
    state[widget_keys.COMPARE_SUBJECT] = offered[0]
    state[widget_keys.COMPARE_REPEATS] = 1
    state[widget_keys.COMPARE_COLUMNS] = FEWEST
    state[widget_keys.COMPARE_BLIND] = False
    state[widget_keys.COMPARE_QUESTION] = QUESTIONS[0]
    state[widget_keys.COMPARE_MARK] = MARKS[0]
    state[widget_keys.COMPARE_PLAIN] = False
    for subject in offered:
        if subject != "system":
            key = widget_keys.compare_values(model, subject)
            state[key] = _first_values(here, model, subject)
    for number in range(MOST):
        state[widget_keys.compare_system(number)] = _first_system(number)


def _first_values(here: Backend, model: Model, subject: Subject) -> list[Any]:
    if subject == "model":
        return [offered.id for offered in here.models][:FEWEST]
    return list(plan.start(model, subject))


def _first_system(number: int) -> str:
    return _FIRST_SYSTEMS[number] if number < len(_FIRST_SYSTEMS) else ""


def _subject(here: Backend, model: Model) -> Subject:
    offered = _subjects(here, model)
    if st.session_state.get(widget_keys.COMPARE_SUBJECT, offered[0]) not in offered:
        st.session_state[widget_keys.COMPARE_SUBJECT] = offered[0]
    st.radio(
        "Compare",
        offered,
        horizontal=True,
        format_func=lambda name: SUBJECTS[name],
        key=widget_keys.COMPARE_SUBJECT,
        help="The setting in which the columns differ. All other settings come from the sidebar.",
        persist_state="session",
    )
    return _chosen_subject(here, model)


def _subjects(here: Backend, model: Model) -> list[Subject]:
    """The settings in which columns can differ with this backend and model."""
    numbers = [name for name in SUBJECTS if name in model.parameters]
    return [*numbers, *(["model"] if len(here.models) > 1 else []), "system"]  # type: ignore[list-item]


def _number_choice(label: str, key: str, numbers: Sequence[int], told: str | None = None) -> None:
    st.radio(label, numbers, horizontal=True, key=key, help=told, persist_state="session")


def _values(here: Backend, model: Model, subject: Subject) -> None:
    names = {offered.id: offered.name for offered in here.models}
    numbers = subject != "model"
    st.multiselect(
        f"One column for each {SUBJECTS[subject].lower()}",
        plan.choices(model, subject) if numbers else list(names),
        default=_first_values(here, model, subject),
        format_func=lambda value: f"{value:g}" if numbers else names[value],
        key=widget_keys.compare_values(model, subject),
        max_selections=MOST,
        placeholder=f"Pick {FEWEST} to {MOST}",
        select_all=False,
        persist_state="session",
        width=360,
        wrap=True,
    )


def _system_texts() -> None:
    count = _number(widget_keys.COMPARE_COLUMNS, FEWEST)
    places = st.grid(count, min_column_width=180, key="compare-systems")
    for number in range(count):
        places.text_area(
            f"System text {number + 1}",
            value=_first_system(number),
            key=widget_keys.compare_system(number),
            height=90,
            placeholder="No system text",
            persist_state="session",
        )


def _number(key: str, default: int) -> int:
    return int(st.session_state.get(key) or default)


def _chosen_subject(here: Backend, model: Model) -> Subject:
    offered = _subjects(here, model)
    picked = st.session_state.get(widget_keys.COMPARE_SUBJECT)
    return picked if picked in offered else offered[0]


def planned(here: Backend, prompt: str) -> tuple[Recipe, ...]:
    """The recipes that the widgets ask for, one for each column. Raises RecipeError or IncompleteError."""
    model, base = settings.chosen(here)
    subject = _chosen_subject(here, model)
    if subject == "system":
        columns = range(_number(widget_keys.COMPARE_COLUMNS, FEWEST))
        texts = (st.session_state.get(widget_keys.compare_system(number)) for number in columns)
        values: list[Any] = [(text or "").strip() for text in texts]
    else:
        values = list(st.session_state.get(widget_keys.compare_values(model, subject), ()))
        values = values if subject == "model" else sorted(values)
    if len(values) < FEWEST:
        raise IncompleteError(f"Pick {FEWEST} to {MOST} values to compare.")
    made = plan.recipes(prompt, model, base, subject, values)
    return tuple(here.gate.fitted(recipe) for recipe in made)


class IncompleteError(ValueError):
    """A value that a comparison needs was not entered; the message says which."""


def _about(here: Backend) -> str:
    prompt = typed()
    try:
        # With a placeholder for the prompt, the price is shown before anything is typed.
        chosen = planned(here, prompt if prompt.strip() else "?")
    except (RecipeError, IncompleteError) as error:
        return str(error)
    return price(chosen, _number(widget_keys.COMPARE_REPEATS, 1))


def price(chosen: Sequence[Recipe], repeats: int) -> str:
    """How many calls, and what they cost at most."""
    calls = f"{len(chosen) * repeats} calls"
    said = most([*chosen] * repeats)
    if not said:
        return f"{calls} · free, local"
    dates = [recipe.model.price.as_of for recipe in chosen if recipe.model.price]
    known = len(dates) == sum(not recipe.model.local for recipe in chosen)
    return f"{calls} · {said} (prices of {min(dates)})" if known else f"{calls} · {said}"


def _try(here: Backend, prompt: str) -> None:
    """Run a prompt of the guide at several temperatures, three times each."""
    state, model = st.session_state, settings.chosen(here)[0]
    replace(prompt)
    state[widget_keys.COMPARE_REPEATS] = _TRIED
    if "temperature" in _subjects(here, model):
        state[widget_keys.COMPARE_SUBJECT] = "temperature"
        key = widget_keys.compare_values(model, "temperature")
        state[key] = _first_values(here, model, "temperature")
    _begin(here)


def _begin(here: Backend) -> None:
    """Run the comparison. The widgets are read here, because a click on Run may also submit a typed text."""
    prompt = typed()
    try:
        if not prompt.strip():
            raise IncompleteError("Type a prompt first.")
        chosen = planned(here, prompt)
    except (RecipeError, IncompleteError) as error:
        session.current().comparison_refused = str(error)
        return
    subject = _chosen_subject(here, settings.chosen(here)[0])
    blind = bool(st.session_state.get(widget_keys.COMPARE_BLIND))
    repeats = _number(widget_keys.COMPARE_REPEATS, 1)
    made = new(list(chosen), subject, repeats, AT_ONCE[here.kind], blind)
    if subject == "temperature" and st.session_state.get(widget_keys.COMPARE_QUESTION) == "hottest":
        made.question = "hottest"
    actions.begin(made)
