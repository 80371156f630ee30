"""Turns texts into tokens over llama.cpp's own HTTP interface, because xllamacpp has no function for that.

The interface is in this process, listens on 127.0.0.1 and requires a key, which only this process has.
"""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from lib.local.engine import WireError

TIMEOUT_S = 10.0


class LlamaTokens:
    """Turns texts into tokens. Blocks for some milliseconds, so call it on a thread of its own."""

    def __init__(self, url: str, key: str) -> None:
        self._address = urlsplit(url).netloc
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._texts: dict[int, str] = {}

    def of_chat(self, messages: list[dict[str, str]]) -> list[tuple[int, str]]:
        """The tokens of a chat in the model's own format, each with its text. Raises WireError."""
        return self.of_text(self._post("/apply-template", {"messages": messages})["prompt"])

    def of_text(self, text: str, control: bool = True) -> list[tuple[int, str]]:
        """The tokens of a text, each with its text. Raises WireError.

        `control`: whether the names of control tokens in the text become control tokens.
        """
        if not text:
            return []
        asked = {"content": text, "parse_special": control, "add_special": False, "with_pieces": True}
        return [(each["id"], _text(each["piece"])) for each in self._post("/tokenize", asked)["tokens"]]

    def of_ids(self, ids: tuple[int, ...]) -> list[tuple[int, str]]:
        """The tokens with these ids, each with its text, which is asked for once. Raises WireError."""
        for each in set(ids) - self._texts.keys():
            self._texts[each] = str(self._post("/detokenize", {"tokens": [each]})["content"])
        return [(each, self._texts[each]) for each in ids]

    def _post(self, path: str, document: Any) -> Any:
        connection = HTTPConnection(self._address, timeout=TIMEOUT_S)
        try:
            connection.request("POST", path, json.dumps(document), self._headers)
            response = connection.getresponse()
            body = response.read()
        except (OSError, HTTPException) as error:
            raise WireError(424, "ModelErrorException", f"The local model failed: {error}") from error
        finally:
            connection.close()
        if response.status != 200:
            raise WireError(424, "ModelErrorException", f"The local model failed: status {response.status}")
        return json.loads(body)


def _text(piece: str | list[int]) -> str:
    return piece if isinstance(piece, str) else bytes(piece).decode(errors="replace")
