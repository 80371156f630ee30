"""The saved form of a conversation: what is kept in the visitor's browser, and how it is read back.

Each variant is two texts of JSON. Its record never changes once the answer has ended; its place (`<id>/at`)
says where it hangs in the tree, so that a turn more or less rewrites nothing else. What comes back is
somebody else's input: every part is checked, what is wrong is left out and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from lib.bedrock.answer import Answer
from lib.bedrock.problems import left
from lib.bedrock.reply import AnswerStream
from lib.conversation.tree import Conversation, Turn, Variant, recipe_to_go_on
from lib.mistral.recipe import Message, Recipe
from lib.records import chat_fields as fields
from lib.records.chat_fields import RECORDS, BadRecordError, Place

VERSION = 1
PARTS = 50
"""The most parts of an answer that are read."""
CHARACTERS = 6_000_000
"""The longest conversation that is read; localStorage holds about five million characters."""
_REBUILT_TURNS = 300_000  # of all recipes together: each carries the conversation before it
_SETTINGS = ("model_id", "system", "temperature", "top_p", "top_k", "max_tokens", "stop")
Streams = Callable[[str], AnswerStream | None]


class Restored(NamedTuple):
    """`kept`: the places as saved of the records that came back unchanged; `incomplete`: variants with a
    recipe of which an earlier turn is gone; `note`: one sentence about what was ignored, or ""."""

    conversation: Conversation
    kept: dict[str, Place]
    incomplete: frozenset[str]
    note: str


@dataclass
class _Read:
    """One record and its place, checked."""

    id: str
    prompt: str
    settings: dict[str, Any]
    left_out: int
    parts: list[Answer | AnswerStream]
    place: Place
    changed: bool  # since it was saved
    foreign: bool = False
    sent: tuple[str, ...] = ()

    @property
    def messages(self) -> tuple[Message, ...]:
        """What goes along with a later prompt; nothing where there is no answer."""
        answers = [part.answer if isinstance(part, AnswerStream) else part for part in self.parts]
        text = "".join(answer.text for answer in answers)
        return (Message("user", self.prompt), Message("assistant", text)) if text.strip() else ()


def record(variant: Variant) -> dict[str, Any]:
    """What never changes of a variant whose answer has ended."""
    recipe = variant.parts[0].recipe
    settings = {name: getattr(recipe, name) for name in _SETTINGS}
    return {
        "prompt": variant.prompt,
        "left_out": variant.left_out,
        "recipe": {name: value for name, value in settings.items() if value not in (None, "", ())},
        "parts": [_part(part) for part in variant.parts],
        **({"foreign": True} if variant.foreign else {}),
    }


def places(conversation: Conversation) -> Iterator[tuple[Variant, Place]]:
    """Every variant and where it hangs.

    The variants sent along are nearly always those that the last of them was sent, and that one. To say just
    that keeps a long conversation from taking room with the square of its length.
    """
    known = {variant.id: variant for _, variant in conversation.variants()}
    waiting: list[tuple[str | None, Turn]] = [(None, conversation.root)] if conversation.root else []
    while waiting:
        parent, turn = waiting.pop()
        for index, variant in enumerate(turn.variants):
            place = {"parent": parent, "index": index, "chosen": index == turn.chosen}
            yield variant, place | _sent(variant, known)
            if variant.next:
                waiting.append((variant.id, variant.next))


def restore(chat: object, records: object, streams: Streams) -> Restored:
    """The conversation that `records` (names and JSON texts) hold. Never raises, whatever they are.

    `streams` gives the stream of a variant that this process still has: an answer that was cut goes on, or is
    there to its last character.
    """
    texts = records if isinstance(records, dict) else {}
    reads, bad = _read_all(texts, streams)
    _expand_sent(reads)
    variants, incomplete = _build(reads)
    bad += len(reads) - len(variants)
    conversation = Conversation(id=str(chat)) if fields.is_id(chat) else Conversation()
    conversation.root = _tree(variants, {key: reads[key].place for key in variants}, texts)
    kept = {key: reads[key].place for key in variants if not reads[key].changed}
    return Restored(conversation, kept, incomplete, _note(bad, isinstance(records, dict)))


def _note(bad: int, readable: bool) -> str:
    if not readable:
        return "The saved conversation could not be read and was left out."
    if bad:
        saved = "1 saved answer" if bad == 1 else f"{bad} saved answers"
        return f"{saved} could not be read and {'was' if bad == 1 else 'were'} left out."
    return ""


def _sent(variant: Variant, known: Mapping[str, Variant]) -> Place:
    if not variant.sent:
        return {}
    base = known.get(variant.sent[-1])
    drop = len(base.sent) + 1 - len(variant.sent) if base else -1
    if base and drop >= 0 and base.sent[drop:] == variant.sent[:-1]:
        return {"after": base.id, "drop": drop}
    return {"sent": list(variant.sent)}


def _part(part: AnswerStream | Answer) -> dict[str, Any]:
    answer = part.answer if isinstance(part, AnswerStream) else part
    if answer.status == "running":  # its text comes with the end; until then the browser notes what it shows
        return {"status": "running"}
    saved: dict[str, Any] = {"text": answer.text, "status": answer.status, "ms": round(answer.duration_ms, 1)}
    saved |= {name: value for name in ("stop_reason", "request_id") if (value := getattr(answer, name))}
    if usage := answer.usage:
        saved["usage"] = [usage.input_tokens, usage.output_tokens, usage.latency_ms, usage.first_byte_ms]
    if answer.timeline:
        at = [round(beat.ms * 1000) for beat in answer.timeline]
        saved["beats"] = [now - before for before, now in zip([0, *at], at, strict=False)]
        saved["characters"] = [beat.characters for beat in answer.timeline]
    if problem := answer.problem:
        saved["problem"] = {name: getattr(problem, name) for name in ("kind", "cause", "fix", "shown")}
    return saved


def _read_all(texts: dict[Any, object], streams: Streams) -> tuple[dict[str, _Read], int]:
    reads: dict[str, _Read] = {}
    bad = characters = 0
    for name, text in texts.items():
        if isinstance(name, str) and "/" in name:
            continue
        characters += len(text) if isinstance(text, str) else 0
        try:
            if not fields.is_id(name) or len(reads) == RECORDS or characters > CHARACTERS:
                raise BadRecordError
            reads[name] = _read(name, texts, streams)
        except ValueError:  # also a RecipeError
            bad += 1
    return reads, bad


def _read(key: str, texts: dict[Any, object], streams: Streams) -> _Read:
    saved = fields.an_object(texts[key])
    prompt, settings, parts = fields.a_text(saved.get("prompt")), saved.get("recipe"), saved.get("parts")
    if not isinstance(settings, dict) or not isinstance(parts, list) or not 0 < len(parts) <= PARTS:
        raise BadRecordError
    settings = {"model_id": None} | {name: settings[name] for name in _SETTINGS if name in settings}
    settings["stop"] = tuple(settings["stop"]) if isinstance(settings.get("stop"), list) else ()
    alone = Recipe(messages=(Message("user", prompt),), **settings)  # with the turns before it later
    answers = [fields.answer(part, alone) for part in parts]
    if any(part.status == "running" for part in answers[:-1]):
        raise BadRecordError
    changed = answers[-1].status == "running"
    known: list[Answer | AnswerStream] = [*answers]
    if changed:
        known[-1] = _cut(answers[-1], streams(key), texts.get(f"{key}/live"))
    left_out = fields.whole(saved.get("left_out", 0))
    foreign = saved.get("foreign") is True
    return _Read(key, prompt, settings, left_out, known, _place_of(key, texts), changed, foreign)


def _cut(last: Answer, stream: AnswerStream | None, shown: object) -> Answer | AnswerStream:
    """An answer that still ran when it was saved: from the stream, or what the page had shown of it."""
    if stream is not None:
        return stream
    text = fields.a_text(shown) if isinstance(shown, str) else ""
    cut = left(shown=bool(text.strip()))
    return replace(last, text=text, status="broken" if cut.shown else "failed", problem=cut)


def _place_of(key: str, texts: dict[Any, object]) -> Place:
    try:
        return fields.place(fields.an_object(texts.get(f"{key}/at")))
    except BadRecordError:
        return {"parent": None, "index": RECORDS, "chosen": False}


def _expand_sent(reads: dict[str, _Read]) -> None:
    done: set[str] = set()
    for key in reads:
        chain: dict[str, None] = {}
        at: str | None = key
        while at in reads and at not in done and at not in chain:
            chain[at] = None
            at = reads[at].place.get("after")
        for one in reversed(chain):
            place = reads[one].place
            base = place.get("after")
            if base is None:
                reads[one].sent = tuple(place.get("sent", ()))
            elif base in done:
                reads[one].sent = (*reads[base].sent[place["drop"] :], base)[-RECORDS:]
            else:
                reads[one].sent = (base,)
            done.add(one)


def _build(reads: dict[str, _Read]) -> tuple[dict[str, Variant], frozenset[str]]:
    """The variants with their recipes, and which of them were sent something that is gone."""
    messages = {key: read.messages for key, read in reads.items()}
    variants, incomplete, rebuilt = {}, set(), 0
    for key, read in reads.items():
        there = [one for one in read.sent if messages.get(one)]
        rebuilt += 2 * len(there)
        if rebuilt > _REBUILT_TURNS:
            there = []
        if len(there) < len(read.sent):
            incomplete.add(key)
        before = tuple(turn for one in there for turn in messages[one])
        try:
            variants[key] = _variant(read, before)
        except ValueError:
            continue
    return variants, frozenset(incomplete)


def _variant(read: _Read, before: tuple[Message, ...]) -> Variant:
    recipe = Recipe(messages=(*before, Message("user", read.prompt)), **read.settings)
    variant = Variant(read.prompt, [], read.sent, read.left_out, foreign=read.foreign, id=read.id)
    for part in read.parts:
        made_by = recipe_to_go_on(variant) if variant.parts else recipe
        variant.parts.append(part if isinstance(part, AnswerStream) else replace(part, recipe=made_by))
    return variant


def _tree(variants: dict[str, Variant], hung: dict[str, Place], texts: dict[Any, object]) -> Turn | None:
    """Hang each variant under its parent, or where that could not be read, under the nearest one above."""
    above: dict[str, str | None] = {}

    def parent_of(key: str) -> str | None:
        if key not in above:
            place = hung[key] if key in hung else _place_of(key, texts)
            above[key] = place["parent"]
        return above[key]

    rooted: set[str] = set()
    turns: dict[str | None, list[Variant]] = {}
    for key, variant in variants.items():
        walked = {key}
        nearest: str | None = None
        at = parent_of(key)
        while at is not None and at not in rooted:
            if at in walked:  # a circle: this variant becomes a first turn
                above[key] = nearest = None
                break
            walked.add(at)
            nearest = nearest or (at if at in variants else None)
            at = parent_of(at)
        else:
            nearest = nearest or at
            rooted.update(one for one in walked if one in variants)
        turns.setdefault(nearest, []).append(variant)
    made = {parent: _turn(members, hung) for parent, members in turns.items()}
    for parent, turn in made.items():
        if parent:
            variants[parent].next = turn
    return made.get(None)


def _turn(members: list[Variant], hung: dict[str, Place]) -> Turn:
    members.sort(key=lambda one: hung[one.id]["index"])
    chosen = [index for index, one in enumerate(members) if hung[one.id]["chosen"]]
    return Turn(members, chosen[-1] if chosen else len(members) - 1)
