"""The changes from one answer to another, word by word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from lib.markdown.escape import escape

Kind = Literal["kept", "removed", "added"]


@dataclass(frozen=True)
class Change:
    """A run of text that both answers have, or only one of them."""

    kind: Kind
    text: str


# Each unit with the white space after it: words and single signs, then sentences and lines.
_WORDS = re.compile(r"(\w+(?:['’]\w+)*|[^\w\s])(\s*)")
_SENTENCES = re.compile(r"(\S(?:[^\n]*?[.!?…](?=\s)|[^\n]*))(\s*)")
_MOST_UNITS = 4_000
_MOST_PAIRS = 200_000
"""Up to this many units in a text, and this many pairs of equal units, difflib takes about 0.1 s. Texts of
2,000 English words are well below."""

Unit = tuple[str, str]  # a word or sentence, and the white space after it
Block = tuple[str, str, str]  # removed, added, and the kept text after them


def changes(before: str, after: str) -> list[Change]:
    """The changes in order. All kept and removed runs joined are `before`, all kept and added runs `after`.

    Words are compared. If the texts are too long for that, sentences are compared, and if they are too long
    for that, too, the texts become one change between their common beginning and end.
    """
    return _flat(_same_space_kept(_without_crumbs(_blocks(_spans(before, after)))))


def _spans(before: str, after: str) -> Iterator[Change]:
    for pattern in (_WORDS, _SENTENCES):
        old, new = _units(pattern, before), _units(pattern, after)
        start = _shared(old, new)
        end = _shared(old[start:][::-1], new[start:][::-1])
        middle, new_middle = old[start : len(old) - end], new[start : len(new) - end]
        if _quick(middle, new_middle):
            yield Change("kept", _text(old[:start]))
            yield from _matched(middle, new_middle)
            yield Change("kept", _text(old[len(old) - end :]))
            return
    yield from _ends_kept(before, after)


def _units(pattern: re.Pattern[str], text: str) -> list[Unit]:
    lead = text[: len(text) - len(text.lstrip())]
    return [("", lead), *pattern.findall(text[len(lead) :])]


def _text(units: list[Unit]) -> str:
    return "".join(word + space for word, space in units)


def _shared(old: Sequence[object], new: Sequence[object]) -> int:
    """The length of the common beginning, in units or characters."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((index for index, (one, other) in pairs if one != other), min(len(old), len(new)))


def _quick(old: list[Unit], new: list[Unit]) -> bool:
    counts = Counter(word for word, _ in new if not _is_sign(word))
    pairs = sum(counts[word] for word, _ in old)
    return pairs <= _MOST_PAIRS and max(len(old), len(new)) <= _MOST_UNITS


def _is_sign(word: str) -> bool:
    return len(word) < 2 and not word.isalnum()


def _matched(old: list[Unit], new: list[Unit]) -> Iterator[Change]:
    """The changes between units. Units match if their words are equal, whatever white space follows. Single
    punctuation marks would match in many places, so they match only beside words that match."""
    words, new_words = [word for word, _ in old], [word for word, _ in new]
    matcher = SequenceMatcher(_is_sign, words, new_words, autojunk=False)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            for (word, space), (_, new_space) in zip(old[i:i_end], new[j:j_end], strict=True):
                yield Change("kept", word)
                yield from _ends_kept(space, new_space)
        else:
            yield Change("removed", _text(old[i:i_end]))
            yield Change("added", _text(new[j:j_end]))


def _ends_kept(before: str, after: str) -> Iterator[Change]:
    """One change between the common beginning and the common end."""
    start = _shared(before, after)
    rest, new_rest = before[start:], after[start:]
    end = _shared(rest[::-1], new_rest[::-1])
    yield Change("kept", before[:start])
    yield Change("removed", rest[: len(rest) - end])
    yield Change("added", new_rest[: len(new_rest) - end])
    yield Change("kept", rest[len(rest) - end :])


def _blocks(spans: Iterable[Change]) -> list[Block]:
    """Removed and added runs that follow one another, joined into blocks that kept text separates."""
    blocks = [("", "", "")]
    for span in spans:
        removed, added, kept = blocks[-1]
        if span.kind == "kept":
            blocks[-1] = (removed, added, kept + span.text)
        elif span.text:
            if kept:
                blocks.append(("", "", ""))
                removed, added, kept = blocks[-1]
            gone, came = (span.text, "") if span.kind == "removed" else ("", span.text)
            blocks[-1] = (removed + gone, added + came, kept)
    return blocks


def _without_crumbs(blocks: list[Block]) -> list[Block]:
    """Blocks joined if only one kept word separates two rewritten runs, because that is easier to read."""
    joined = blocks[:1]
    for removed, added, kept in blocks[1:]:
        old, new, crumb = joined[-1]
        rewritten = all(text.strip() for text in (old, new, removed, added))
        if rewritten and "\n" not in crumb and len(re.findall(r"\w+", crumb)) <= 1:
            joined[-1] = (old + crumb + removed, new + crumb + added, kept)
        else:
            joined.append((removed, added, kept))
    return joined


def _same_space_kept(blocks: list[Block]) -> list[Block]:
    """White space at the end of both the removed and the added run becomes kept text."""
    out = []
    for removed, added, kept in blocks:
        space = removed[len(removed.rstrip()) :]
        size = _shared(space[::-1], added[::-1])
        out.append(
            (removed[: len(removed) - size], added[: len(added) - size], space[len(space) - size :] + kept)
        )
    return out


def _flat(blocks: list[Block]) -> list[Change]:
    kinds: tuple[Kind, ...] = ("removed", "added", "kept")
    return [Change(kind, text) for block in blocks for kind, text in zip(kinds, block, strict=True) if text]


def markdown(found: list[Change]) -> str:
    """The changes as Streamlit Markdown: struck through, bold, and coloured; line breaks as in the texts."""
    drawn = "".join(_drawn(change) for change in found)
    paragraphs = re.split(r"\n\s*\n", drawn.strip("\n"))
    return "\n\n".join(paragraph.replace("\n", "\\\n") for paragraph in paragraphs)


def _drawn(change: Change) -> str:
    text = change.text.replace("\r\n", "\n").replace("\r", "\n")
    if change.kind != "kept" and not text.strip():
        # A change of white space alone is displayed with visible signs.
        seen = "".join("↵" if character == "\n" else "␣" for character in text)
        return decorated(change.kind, seen) + "\n" * text.count("\n")
    return "\n".join(
        _line(change.kind, line, at_start=index > 0) for index, line in enumerate(text.split("\n"))
    )


def _line(kind: Kind, line: str, at_start: bool) -> str:
    """One line as Markdown. Emphasis must not begin or end with white space, so the white space is put
    outside."""
    core = line.strip()
    if not core:
        return ""
    lead, tail = line[: line.index(core)], line[line.index(core) + len(core) :]
    indent = "&nbsp;" * len(lead.expandtabs(4)) if at_start else lead and " "
    return f"{indent}{decorated(kind, core)}{tail and ' '}"


def decorated(kind: Kind, text: str) -> str:
    """`text` as Markdown that marks it as kept, removed or added."""
    if kind == "kept":
        return escape(text)
    if kind == "removed":
        return f":red-background[~~{escape(text)}~~]"
    return f":blue-background[**{escape(text)}**]"
