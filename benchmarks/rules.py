"""What the rules for the text of an answer cost: `python -m benchmarks.rules`."""

from __future__ import annotations

import time

from lib.markdown.streamlit_markdown import StreamlitMarkdown

LENGTHS = (1_000, 10_000, 50_000, 200_000)
CHUNK = 5
"""Characters of a chunk, as a tokenizer makes them."""
TEXTS = {
    "prose": "The path leaves the village behind the old harbour and climbs at once, for an hour or so. ",
    "markdown": (
        "## What to take\n\n- **water**, a litre: $3.50\n- a map, `signal -> rare`\n\n"
        "| place | km |\n| --- | ---: |\n| harbour<br>old | 7:5 |\n\n```py\nx = {'a:b': 1}\n```\n\n"
        "See https://x.example/a_b?c=d and $d = v \\cdot t$ ~ 5.\n\n"
    ),
    "Japanese": "これは**「重要」**です。詳しくは（https://x.example/）を見て、3~5日待ってください。\n",
    "marks only": "[(`$*_~<:-> ",
}


def milliseconds(text: str, chunk: int) -> float:
    """The time to convert the text in pieces; the best of three."""
    best = float("inf")
    for _ in range(3):
        markdown, begun = StreamlitMarkdown(), time.process_time()
        for at in range(0, len(text), chunk):
            markdown.feed(text[at : at + chunk])
        markdown.finish()
        best = min(best, time.process_time() - begun)
    return best * 1000


def longest_feed(text: str) -> float:
    """The longest time for one chunk, in ms: what the rules add to the lag of the page."""
    markdown, longest = StreamlitMarkdown(), 0.0
    for at in range(0, len(text), CHUNK):
        begun = time.process_time()
        markdown.feed(text[at : at + CHUNK])
        longest = max(longest, time.process_time() - begun)
    return longest * 1000


def main() -> None:
    print("Rules for the text, ms of processor time per 1,000 characters")
    print(f"In chunks of {CHUNK}; in brackets: in one piece")
    print(f"{'length':>22}" + "".join(f"{length:>18,}" for length in LENGTHS) + f"{'longest feed':>16}")
    for name, piece in TEXTS.items():
        cells = []
        for length in LENGTHS:
            text = (piece * (length // len(piece) + 1))[:length]
            each = [milliseconds(text, chunk) * 1000 / length for chunk in (CHUNK, length)]
            cells.append(f"{each[0]:9.2f} ({each[1]:.2f})".rjust(18))
        print(f"{name:>22}{''.join(cells)}{longest_feed(text):13.1f} ms")


if __name__ == "__main__":
    main()
