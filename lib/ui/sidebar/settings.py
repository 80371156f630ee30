"""The values of the sidebar's widgets: read them, set them, and report what a link had that was not used."""

import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.bedrock.backend import Backend
from lib.bedrock.wording import clipped
from lib.mistral.adapt import within
from lib.mistral.catalog import Model, Parameter, find, models
from lib.mistral.recipe import NUMBERS, Recipe
from lib.mistral.size import LONGEST_SYSTEM
from lib.ui.app import session
from lib.ui.app.widget_keys import MAX_TOKENS, MODEL, SETTINGS, STOP, SYSTEM, TEMPERATURE, TOP_K, TOP_P

PRESETS = {"Precise": "low", "Balanced": "default", "Wild": "high"}
"""Where on the model's temperature range each preset is."""
FOLDED = tuple(name for name in NUMBERS if name not in (TEMPERATURE, MAX_TOKENS))
"""The numbers below "More settings"."""
BOXES = (TOP_K,)
"""The numbers that are drawn as a box, which can be empty. The others are sliders and always have a value."""
_NOT_OURS = ("embed", "embed_options")  # parameters of Streamlit
_SHOWN = 60  # characters of a link's value that a note repeats


def chosen(backend: Backend) -> tuple[Model, dict[str, Any]]:
    """The model and the settings as Recipe takes them; None is left to the model.

    The numbers below "More settings" are sent only where they were moved, or where AWS does not document the
    model's default (dialect "delta").
    """
    state = st.session_state
    model = next((m for m in backend.models if m.id == state.get(MODEL)), backend.default_model)
    values = {name: state.get(name, default(model, name)) for name in NUMBERS if name in model.parameters}
    for name in FOLDED:
        if model.dialect != "delta" and values.get(name) == default(model, name):
            values.pop(name, None)
    return model, {
        **values,
        "stop": tuple(state.get(STOP, ())) if "stop" in model.parameters else (),
        "system": state.get(SYSTEM, "").strip(),
    }


def shown(model: Model, name: str) -> Parameter:
    """The range of a number's widget: the model's, or that of all models if this one does not take it."""
    if taken := model.parameters.get(name):
        return taken
    ranges = [other.parameters[name] for other in models() if name in other.parameters]
    low, high = (taken.low for taken in ranges), (taken.high for taken in ranges)
    return Parameter(min(low, default=0), max(high, default=1), None)


def default(model: Model, name: str) -> float | int | None:
    """What the widget of a number holds as long as nobody moves it, in its type. None: an empty box."""
    range_shown = shown(model, name)
    if range_shown.default is not None:
        return _typed(name, range_shown.default)
    return None if name in BOXES else _typed(name, range_shown.low)


def _typed(name: str, value: float) -> float | int:
    """The value in the type that its widget holds, because JSON can turn 1.0 into 1."""
    return int(value) if NUMBERS[name].whole else float(value)


def fit(model: Model) -> None:
    """After a change of model, move values at the old default to the new one, and others into range.

    A value of the visitor's own stays while a model does not take it.
    """
    before, session.current().fitted_to = session.current().fitted_to, model.id
    if before is None or before == model.id:
        return
    for name in NUMBERS:
        value, taken = st.session_state.get(name), model.parameters.get(name)
        if name not in st.session_state:
            continue
        if value == default(find(before), name):
            st.session_state[name] = default(model, name)
        elif value is not None and taken:
            st.session_state[name] = within(model, name, value)


def reset(model: Model) -> None:
    """Set every setting to the model's default."""
    for name in NUMBERS:
        if name in model.parameters:
            st.session_state[name] = default(model, name)
    st.session_state[STOP], st.session_state[SYSTEM] = [], ""


def start_over(backend: Backend) -> None:
    """Set the model and every setting as a new tab has them."""
    st.session_state[MODEL] = session.current().fitted_to = backend.default_model.id
    reset(backend.default_model)


def drop_earlier_values() -> None:
    """Make Streamlit drop the values from before `start_over`. Call it in the run after. Current values stay.

    Streamlit 1.67 would write the old values into the address on the next page.
    """
    for name in SETTINGS:
        if name in st.session_state:
            value = st.session_state[name]
            del st.session_state[name]
            st.session_state[name] = value


def preset(model: Model, name: str) -> None:
    """Set the temperature to the preset's place in the model's range, and top_p and top_k to their defaults.

    Wild sets both to their highest values, so that they exclude as few words as possible.
    """
    for setting, value in _preset_values(model, name).items():
        st.session_state[setting] = value


def holds(model: Model, name: str) -> bool:
    """True if the widgets have the values of the preset."""
    return all(_now(model, key) == value for key, value in _preset_values(model, name).items())


def _preset_values(model: Model, name: str) -> dict[str, float | int | None]:
    values: dict[str, float | int | None] = {
        TEMPERATURE: float(getattr(model.parameters["temperature"], PRESETS[name]))
    }
    for other in (TOP_P, TOP_K):
        if taken := model.parameters.get(other):
            values[other] = _typed(other, taken.high) if name == "Wild" else default(model, other)
    return values


def changed(model: Model) -> int:
    """How many of the settings below "More settings" are not at their defaults."""
    state = st.session_state
    moved = [_now(model, name) != default(model, name) for name in FOLDED if name in model.parameters]
    stop = state.get(STOP, _asked(STOP) if "stop" in model.parameters else [])
    return sum([*moved, bool(stop), bool(state.get(SYSTEM, session.current().system).strip())])


def _now(model: Model, name: str) -> float | int | None:
    """The value of a number's widget. Before it is drawn for the first time, the address has its value."""
    if name in st.session_state:
        value: float | int | None = st.session_state[name]
        return value
    asked = _asked(name)
    return used_value(model, name, asked) if asked and name in model.parameters else default(model, name)


def _asked(name: str) -> list[str]:
    return [value for value in st.query_params.get_all(name) if value]


def move_to(recipe: Recipe) -> None:
    """Set the widgets, also the one of the model, to the settings of a recipe."""
    model = recipe.model
    st.session_state[MODEL] = session.current().fitted_to = model.id
    for name in NUMBERS:
        value = getattr(recipe, name)
        st.session_state[name] = default(model, name) if value is None else _typed(name, value)
    st.session_state[STOP], st.session_state[SYSTEM] = list(recipe.stop), recipe.system


def address(recipe: Recipe, first: Model) -> dict[str, Any]:
    """The settings of a recipe as the page's address has them: without the system text, for the sake of logs.

    As in Streamlit's own addresses, defaults are left out; `first` is the model that the page begins with.
    Otherwise Streamlit would write the address anew, and "back" in the browser would take two clicks.
    """
    model = recipe.model
    found: dict[str, Any] = {} if model.id == first.id else {MODEL: model.name}
    for name in NUMBERS:
        value = getattr(recipe, name)
        if value is not None and value != default(model, name):
            found[name] = f"{value:g}"
    return found | ({STOP: list(recipe.stop)} if recipe.stop else {})


def held() -> dict[str, Any]:
    """The values of the widgets now, for `put_back`; one that has none has its default."""
    return {name: st.session_state[name] for name in SETTINGS if name in st.session_state}


def put_back(values: Mapping[str, Any], model: Model) -> None:
    """Set the widgets to what `held` has given. `model`: the one that a page without values begins with."""
    st.session_state[MODEL] = session.current().fitted_to = values.get(MODEL, model.id)
    reset(find(st.session_state[MODEL]))
    for name, value in values.items():
        st.session_state[name] = value


def spell_out(backend: Backend) -> bool:
    """Put the name of the model into the address in the place of its id, which Streamlit would remove.

    True if the address has changed: the page must then run again, because Streamlit gives widgets what the
    address held when the run began.
    """
    asked = st.query_params.get_all(MODEL)
    found = next((model for model in backend.models if asked and asked[-1] == model.id), None)
    if found is None:
        return False
    st.query_params[MODEL] = found.name
    return True


def read_link(backend: Backend) -> list[str]:
    """One sentence for each thing that the page's address asks for and does not get. Call it once, before the
    widgets are drawn."""
    asked = {name: st.query_params.get_all(name) for name in st.query_params}
    notes = []
    model = backend.default_model
    if "model" in asked:
        wanted = asked["model"][-1]
        found = next((m for m in backend.models if wanted in (m.id, m.name)), None)
        if found is None:
            notes.append(f"The link asked for the model {_quoted(wanted)}, which is not offered here.")
        model = found or model
    if system := asked.get(SYSTEM, [""])[-1]:
        st.session_state[SYSTEM] = system[:LONGEST_SYSTEM]
    for name in asked:
        if name in (*NUMBERS, STOP) and name not in model.parameters:
            del st.query_params[name]  # its widget is not bound to the address (controls.py)
    return notes + [note for name, values in asked.items() if (note := _note(model, name, values))]


def readable(name: str) -> bool:
    """False if the link has an infinite number for `name`, which the number box of Streamlit 1.67 refuses."""
    return not any(math.isinf(_number(text)) for text in st.query_params.get_all(name))


def _note(model: Model, name: str, values: list[str]) -> str:
    asked = [value for value in values if value]
    if name == "system" and asked and len(asked[-1]) > LONGEST_SYSTEM:
        return f"The link's system text is longer than {LONGEST_SYSTEM:,} characters; the rest was left out."
    if name in NUMBERS:
        return _number_note(model, name, asked) if asked else ""
    if name == "stop":
        return _stop_note(model, asked)
    known = name in (*SETTINGS, *_NOT_OURS)
    return "" if known else f"The link's {_quoted(name)} is not a setting of this page."


def _number_note(model: Model, name: str, asked: list[str]) -> str:
    taken = model.parameters.get(name)
    if taken is None:
        return f"The link asked for {name} {_quoted(asked[-1])}, which {model.name} does not take."
    whole, used = NUMBERS[name].whole, used_value(model, name, asked)
    if used == _number(asked[-1]) and (len(asked) == 1 or name in BOXES):
        return ""
    instead = "It is off" if used is None else f"{used:g} is used"
    return (
        f"The link asked for {name} {_quoted(', '.join(asked))}; {model.name} allows a "
        f"{'whole ' if whole else ''}number from {taken.low:g} to {taken.high:g}. {instead}."
    )


def used_value(model: Model, name: str, asked: list[str]) -> float | int | None:
    """The value that the widget of a number gets from those in a link. The model must take this number."""
    taken, number = model.parameters[name], _number(asked[-1])
    # A slider ignores a link that names it twice, a box uses the last value (Streamlit 1.67).
    if taken.low <= number <= taken.high and (len(asked) == 1 or name in BOXES):
        return _typed(name, number)
    return default(model, name)


def _number(text: str) -> float:
    """The number as Streamlit reads it; NaN, which is in no range, for other text."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def _stop_note(model: Model, asked: list[str]) -> str:
    texts, most = len(set(asked)), int(model.parameters["stop"].high)
    if texts <= most:
        return ""
    return f"The link asked for {texts} stop sequences; {model.name} takes {most}. The first {most} are used."


def _quoted(text: str) -> str:
    return f"“{clipped(text, _SHOWN)}”"
