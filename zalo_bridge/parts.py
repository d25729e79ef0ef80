"""What a message is made of, before it has a vendor's shape."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import regex

# Zalo counts characters after NFC and refuses longer texts with -210.
LONGEST_TEXT = 2000
MOST_BUTTONS = 5
# What belongs to the letter before it, a space included.
JOINS = regex.compile(r"[\p{M}\u200d]")


@dataclass(frozen=True)
class Choice:
    """A button that sends `payload` as the citizen's own words. The numbered line in the text says the same."""

    title: str
    payload: str


@dataclass(frozen=True)
class Link:
    title: str
    url: str


@dataclass(frozen=True)
class Card:
    """Zalo's form "Chia sẻ thông tin". `image` is a path below PUBLIC_URL or a full address; Zalo requires one."""

    title: str
    subtitle: str
    image: str


def payload_of(
    *,
    text: str,
    choices: Sequence[Choice],
    link: Link | None,
    card: Card | None,
    params: Mapping[str, str] | None,
) -> dict[str, Any]:
    """The stored form of a message: plain JSON, empty parts left out."""
    payload: dict[str, Any] = {"text": text}
    if choices:
        payload["choices"] = [asdict(choice) for choice in choices]
    if link:
        payload["link"] = asdict(link)
    if card:
        payload["card"] = asdict(card)
    if params:
        payload["params"] = {name: str(value) for name, value in params.items()}
    return payload


def split_text(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """Cut a text into pieces Zalo accepts: at a paragraph end if there is one, else a line, a sentence, a word.

    A piece never ends inside a grapheme (a letter with its marks, a joined emoji). `text` is NFC already.
    """
    pieces = []
    rest = text
    while len(rest) > longest:
        window = rest[: longest + 1]
        cut = 0
        for mark in ("\n\n", "\n", ". ", " "):
            # A cut in the first half would leave a stub: look for a finer mark first.
            cut = window.rfind(mark, longest // 2) + (len(mark.rstrip()) if mark == ". " else 0)
            if cut > 0 and cut >= longest // 2 and not JOINS.match(rest[cut:].lstrip()):
                break
            cut = 0
        if not cut:
            for grapheme in regex.finditer(r"\X", rest[: longest + 64]):
                if grapheme.end() > longest:
                    break
                cut = grapheme.end()
            cut = cut or longest
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:] if JOINS.match(rest[cut:].lstrip()) else rest[cut:].lstrip()
    if rest or not pieces:
        pieces.append(rest)
    return pieces
