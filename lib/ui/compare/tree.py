"""The answers of a run as a tree of words, one line for each piece. A tap on a line shows its answers."""

from typing import Any

import altair as alt
import streamlit as st

from lib.comparison.run import Run
from lib.comparison.word_tree import Branch, word_tree

ALL = "All answers"
ROW = 26
"""Height of a line of the tree in pixels."""
MOST_ROWS = 60
_LONGEST = 70  # characters of a piece that are written beside its line
_DEEPEST = 12  # forks from which on lines are no longer indented


def show_tree(run: Run) -> None:
    """Draw a choice of columns and the tree of their answers. Draw nothing if no column has two answers."""
    columns = {run.name(index): column.complete for index, column in enumerate(run.columns)}
    columns = {name: answers for name, answers in columns.items() if len(answers) > 1}
    if not columns:
        return
    with st.expander("Where they part, as a tree", icon=":material/account_tree:", key=f"tree-{run.id}"):
        options = [*columns, ALL] if len(columns) > 1 else list(columns)
        chosen = st.pills("Answers of", options, default=options[-1], key=f"tree-of-{run.id}", required=True)
        every = [(name, answer.shown_text) for name, answers in columns.items() for answer in answers]
        texts = [text for name, text in every if chosen in (ALL, name)]
        names = [name for name, _ in every if chosen in (ALL, name)]
        _tree(word_tree(texts), texts, names, f"tree-chart-{run.id}-{chosen}")


def _tree(root: Branch, texts: list[str], names: list[str], key: str) -> None:
    branches = list(root.walk())[:MOST_ROWS]
    ink = "white" if st.context.theme.type == "dark" else "black"  # the theme leaves text marks black
    event = st.altair_chart(chart(root, len(texts), ink), key=key, on_select="rerun", selection_mode="branch")
    picked = _picked(event)
    st.caption("The thicker a line, the more answers contain it. Tap a line to read these answers.")
    if picked is not None and picked < len(branches):
        for index in branches[picked][1].answers:
            st.markdown(f"**{names[index]}**")
            st.text(texts[index])


def _picked(event: Any) -> int | None:
    points = event.get("selection", {}).get("branch", []) if event else []
    row = points[0].get("row") if points and isinstance(points[0], dict) else None
    return row if isinstance(row, int) else None


def chart(root: Branch, total: int, ink: str) -> Any:
    """A line for each branch, below the one it forks from; 0 at the left is the beginning of the answers.

    `total`: the number of answers. `ink`: the colour of the words.
    """
    branches = list(root.walk())[:MOST_ROWS]
    rows, open_above = list[dict[str, Any]](), dict[int, int]()
    for row, (depth, branch) in enumerate(branches):
        at = min(depth, _DEEPEST)
        open_above[depth] = row
        rows.append(
            {
                "row": row,
                "from": max(at - 1, 0) if depth else 0,
                "to": at,
                "above": open_above.get(depth - 1, row),
                "count": len(branch.answers),
                "label": _label(branch, total),
            }
        )
    data = alt.InlineData(values=rows)
    deepest = max(row["to"] for row in rows) + 1
    x = alt.X("from:Q", axis=None).scale(domain=[0, max(deepest, 4) * 2.2])
    y = alt.Y("row:Q", axis=None).scale(domain=[len(rows) - 0.5, -0.5])
    width = alt.StrokeWidth("count:Q", legend=None).scale(domain=[1, max(total, 2)], range=[1.5, 9])
    tapped = alt.selection_point(name="branch", fields=["row"], nearest=True)
    # Clipped, because Vega would otherwise shrink the tree until the longest text fits beside it.
    text: dict[str, Any] = {"align": "left", "dx": 8, "fontSize": 14, "cursor": "pointer", "clip": True}
    line: dict[str, Any] = {"strokeCap": "round", "color": "#d97706"}
    lines = alt.Chart(data).encode(x, y, width)
    words = alt.Chart(data).encode(alt.X("to:Q", axis=None), y, alt.Text("label:N"), tooltip=alt.value(None))
    return (
        alt.layer(
            lines.mark_rule(**line).encode(y2="above:Q"),
            lines.mark_rule(**line).encode(x2="to:Q"),
            words.mark_text(**text, color=ink).add_params(tapped),
        )
        .properties(height=max(60, ROW * len(rows)))
        .configure_view(stroke=None)
    )


def _label(branch: Branch, total: int) -> str:
    text = branch.text
    short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return f"{len(branch.answers)} of {total}  {short}"
