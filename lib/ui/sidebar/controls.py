"""The sidebar: the model and its settings, bound to the page's address except for the system text.

A change does not interrupt an answer; it takes effect with the next prompt.
"""

from functools import partial
from typing import Literal

import streamlit as st

from lib.bedrock.backend import Backend
from lib.hosting.notice import RUNS_HERE
from lib.mistral.catalog import Model
from lib.mistral.recipe import NUMBERS
from lib.ui.app import door, session, widget_keys
from lib.ui.app.patient import patiently
from lib.ui.app.widgets import button
from lib.ui.browser import chat_storage
from lib.ui.sidebar import carry, settings

HELP = {
    "temperature": "How random the choice of words is: at 0 the likeliest, at 1 often a less likely one.",
    "max_tokens": "The longest answer that is allowed, in tokens. A token is about four letters of English.",
    "top_p": "Only the likeliest words that together reach this probability are considered. 1 means all.",
    "top_k": "Only this many of the likeliest words are considered. Empty means the default of the model.",
    "stop": "The answer ends just before the first of these texts would appear.",
    "system": "Instructions for the whole conversation, such as a role or a tone.",
}
PRESET_HELP = {
    "Precise": "The lowest temperature that the model allows: the same prompt gives nearly the same answer.",
    "Balanced": "The defaults of the model.",
    "Wild": "The highest temperature, top p and top k that the model allows.",
}


def sidebar(backend: Backend, dial: bool = True, fold_dial: bool = False) -> Model:
    """Draw the sidebar and return the chosen Model. `settings.chosen` reads the settings.

    `dial`: with the slider of the temperature; a page without it calls `temperature` elsewhere. `fold_dial`:
    the slider is below "More settings", for a page that has temperatures of its own.
    """
    held = session.current()
    if held.must_reset("sidebar"):
        settings.start_over(backend)
        held.to_reset.add("address")
    elif held.must_reset("address"):
        settings.drop_earlier_values()
    elif held.arrived:
        carry.take_along()
    with st.sidebar:
        model = _pick_model(backend)
        settings.fit(model)
        with st.container(horizontal=True, gap="xsmall", key="presets"):
            for name, hint in PRESET_HELP.items():
                act, args = settings.preset, (model, name)
                icon = ":material/check:" if settings.holds(model, name) else None
                st.button(name, key=f"preset-{name}", icon=icon, help=hint, on_click=act, args=args)
        if dial and not fold_dial:
            temperature(model)
        patiently(partial(_numbers_and_texts, model, dial and fold_dial))
        button("Reset to defaults", "restart_alt", settings.reset, model, key="reset")
    held.settings = settings.held()
    return model


def temperature(model: Model) -> None:
    """Draw the slider of the temperature."""
    patiently(partial(_slider, model, widget_keys.TEMPERATURE))
    session.current().settings = settings.held()  # `sidebar` may have run before


def forget_button() -> None:
    """Draw "Forget everything" at the end of the sidebar; it asks before it does so.

    The question is drawn only while it is open, so it costs other runs of the page nothing.
    """
    icon = ":material/delete_forever:"
    with st.sidebar:
        box = st.popover("Forget everything", icon=icon, type="tertiary", key="forget", on_change="rerun")
    if not box.open:
        return
    with box:
        st.text(
            "Chats and comparisons are stored in this browser only. This removes all of them and cannot "
            "be undone."
        )
        st.button("Forget now", key="forget-now", on_click=chat_storage.forget)


def _numbers_and_texts(model: Model, with_temperature: bool) -> None:
    _slider(model, widget_keys.MAX_TOKENS)
    moved = settings.changed(model)
    label = f"More settings · {moved} changed" if moved else "More settings"
    with st.expander(label, icon=":material/tune:", key="more"):
        if with_temperature:
            _slider(model, widget_keys.TEMPERATURE)
        for name in settings.FOLDED:
            (_box if name in settings.BOXES else _slider)(model, name)
        _stop(model)
        _system(model)


def _pick_model(backend: Backend) -> Model:
    offered = {model.id: model for model in backend.models}
    chosen = st.selectbox(
        "Model",
        list(offered),
        index=list(offered).index(backend.default_model.id),
        format_func=lambda model_id: offered[model_id].name,
        key=widget_keys.MODEL,
        bind="query-params",
        help="The model that answers. Newer ones are larger and cheaper than the oldest.",
    )
    model = offered[chosen]
    st.caption(_about(model, backend))
    if note := backend.account.listing().note:
        st.caption(note)
    return model


def _about(model: Model, backend: Backend) -> str:
    """Lifecycle, price and region, each on its own line with its date."""
    if model.local:
        at_home = backend.kind == "local" and door.at_home()
        runs = RUNS_HERE if at_home else "Runs on the server of this page and is free."
        return f"{runs} It writes fluently for its size, but is often wrong."
    life, price = model.lifecycle, model.price
    ends = f", ends {life.end_of_life}" if life.end_of_life else ""
    lines = [f"{life.status.capitalize()}{ends} (as of {life.as_of})"] if life.status != "unknown" else []
    if price:
        lines.append(f"{price}".replace("$", "\\$"))
    if backend.region and model.known and backend.region not in (*model.regions, *model.profiles):
        lines.append(f"Not listed for {backend.region}")
    elif backend.region in model.unconfirmed:
        lines.append(f"Not confirmed for {backend.region}")
    if model.images:
        lines.append("This model can read images, but this page sends only text")
    if not model.known:
        lines.append(model.note)
    return "  \n".join(lines)


def _slider(model: Model, name: str) -> None:
    """A slider over the model's range; disabled, with the reason, if the model does not take the setting."""
    shown = settings.shown(model, name)
    kind: type[float] = int if NUMBERS[name].whole else float
    st.slider(
        NUMBERS[name].label,
        min_value=kind(shown.low),
        max_value=kind(shown.high),
        value=settings.default(model, name),
        step=_step(name),
        key=name,
        help=_help(model, name),
        disabled=name not in model.parameters,
        bind=_bound(model, name),
    )


def _box(model: Model, name: str) -> None:
    """The same as `_slider` for a number that can be off: the box is empty then."""
    shown, taken = settings.shown(model, name), name in model.parameters
    kind: type[float] = int if NUMBERS[name].whole else float
    st.number_input(
        NUMBERS[name].label,
        min_value=kind(shown.low),
        max_value=kind(shown.high),
        value=settings.default(model, name),
        step=_step(name),
        key=name,
        placeholder="off" if taken else "not taken by this model",
        help=_help(model, name),
        disabled=not taken,
        bind=_bound(model, name),
    )


def _bound(model: Model, name: str) -> Literal["query-params"] | None:
    """The address has only settings that the model takes, so that a link which this page made opens whole."""
    return "query-params" if name in model.parameters and settings.readable(name) else None


def _step(name: str) -> float:
    return 1 if NUMBERS[name].whole else 0.05


def _stop(model: Model) -> None:
    taken = model.parameters.get("stop")
    st.multiselect(
        "Stop sequences",
        options=[],
        key=widget_keys.STOP,
        accept_new_options=True,
        max_selections=int(taken.high) if taken else None,
        placeholder="Type one and press Enter" if taken else "Not taken by this model",
        help=_help(model, "stop"),
        disabled=taken is None,
        bind=_bound(model, widget_keys.STOP),
    )


def _system(model: Model) -> None:
    """The system text. It is kept by the browser and not bound to the address, where logs would show it."""
    help_text, held = HELP["system"], session.current()
    if not model.system:
        help_text += " This model has no field for them: they are put before your first message."
    kept = st.session_state.get(widget_keys.SYSTEM)
    if held.arrived or kept is None:
        # Streamlit 1.67 draws the widget of another page without the value that its key has.
        st.session_state[widget_keys.SYSTEM] = held.system if kept is None else kept
    held.system = st.text_area(
        "System text",
        key=widget_keys.SYSTEM,
        height=110,
        placeholder="You are a patient teacher.",
        help=help_text,
    )


def _help(model: Model, name: str) -> str:
    return HELP[name] if name in model.parameters else f"{model.name} does not take {name}. {HELP[name]}"
