"""What the server sends for one prompt, counted by a visitor without a browser."""

from __future__ import annotations

from dataclasses import dataclass

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.support.visitor import Visitor

Place = tuple[int, ...]


@dataclass(frozen=True)
class Traffic:
    """Numbers of websocket messages, and bytes.

    `before_sign`: before the newest answer shows anything, the waiting sign or text. `before_text`: before
    its first text. `after_text`: after the last text that the browser did not have. `repeats`: texts of the
    answer that the browser had drawn in the same way. `runs`: of the script. `rest`: bytes of the largest run
    without the text.
    """

    before_sign: int
    before_text: int
    after_text: int
    repeats: int
    runs: int
    rest: int


class CountingVisitor(Visitor):
    """Keeps what the server sends."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._heard: list[ForwardMsg] = []

    def count(self, prompt: str, last: str) -> Traffic:
        """Send the prompt, wait until the page rests and shows the text `last`, and count what came."""
        self._heard.clear()
        self.ask(prompt)
        self.wait_for(lambda: self.idle and any(last in text for text in self.drawn.values()))
        return counted(self._heard)

    def _take(self, message: ForwardMsg) -> None:
        self._heard.append(message)
        super()._take(message)


def counted(heard: list[ForwardMsg]) -> Traffic:
    """The figures of the messages that followed one prompt."""
    answer = max(_place(message) for message in heard if _block(message) == "chat_message")
    texts = {at: _markdown(message) for at, message in enumerate(heard) if _is_below(message, answer)}
    texts = {at: text for at, text in texts.items() if text}
    signs = [at for at, text in texts.items() if "Waiting for the first token" in text]
    new, had, begins = [], set[bytes](), _runs(heard)
    for at in sorted(texts.keys() - set(signs)):
        element = heard[at].delta.new_element.markdown.SerializeToString()
        of_a_later_run = bool(new) and any(new[0] < begin < at for begin in begins)
        if element not in had and not of_a_later_run:
            new.append(at)
        had.add(element)
    sizes = [0 if at in texts and at not in signs else each.ByteSize() for at, each in enumerate(heard)]
    return Traffic(
        before_sign=min(texts),
        before_text=new[0],
        after_text=len(heard) - 1 - new[-1],
        repeats=len(texts) - len(signs) - len(new),
        runs=len(begins),
        rest=max(
            sum(sizes[begin:end]) for begin, end in zip([0, *begins[1:]], [*begins[1:], None], strict=True)
        ),
    )


def _runs(heard: list[ForwardMsg]) -> list[int]:
    return [at for at, message in enumerate(heard) if message.WhichOneof("type") == "new_session"]


def _place(message: ForwardMsg) -> Place:
    return tuple(message.metadata.delta_path)


def _is_below(message: ForwardMsg, place: Place) -> bool:
    return _place(message)[: len(place)] == place


def _block(message: ForwardMsg) -> str | None:
    kind: str | None = message.delta.add_block.WhichOneof("type")
    return kind


def _markdown(message: ForwardMsg) -> str:
    """The Markdown that a message draws."""
    element = message.delta.new_element
    return element.markdown.body if element.WhichOneof("type") == "markdown" else ""
