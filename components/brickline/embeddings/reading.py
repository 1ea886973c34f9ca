"""Reads a text as the sequence of what it says, in which harmless differences of wording are gone.

Two texts with one reading may be taken for each other, any others not. So this allows where others forbid: a
list of dangerous words is never complete (lung, liver), and a word that no table here knows, of any language,
simply has to be the same, at the same place. What is levelled out is little and English:

- the number of spaces, typographic quotes, the capital at the beginning of a sentence, the full stop at the
  end of the text, the question mark of "what is ...";
- please, and "the" after it, where a text begins by asking to list or explain something; contractions;
- two to twelve in digits; and a short table of spellings and synonyms.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from brickline.embeddings.courtesy import without_courtesy
from brickline.embeddings.words import (
    CLASS_OF,
    CONTRACTED,
    DETERMINERS,
    DIGITS,
    INVERTED,
    IS_OR_HAS,
    QUESTIONS,
    SAME,
)

_TYPOGRAPHIC = {
    ord("\N{LEFT SINGLE QUOTATION MARK}"): "'",
    ord("\N{RIGHT SINGLE QUOTATION MARK}"): "'",
    ord("\N{LEFT DOUBLE QUOTATION MARK}"): '"',
    ord("\N{RIGHT DOUBLE QUOTATION MARK}"): '"',
    ord("\N{NO-BREAK SPACE}"): " ",
}
_OPENING, _CLOSING = "\"'([{", "\"')]}.,;:!?"
_SENTENCE_ENDS = (".", "!", "?")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_NO_SPACE = re.compile(r"[^\S ]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, name, code or mark: `text` as written, `means` as compared."""

    kind: str
    text: str
    means: str


def read(text: str) -> tuple[Token, ...]:
    """Return the reading of `text`, in time linear in its length."""
    tokens = [token for chunk in _uncapitalised(_chunks(text)) for token in _tokens(chunk)]
    tokens = _without_end(_without_contractions(tokens))
    means = _in_digits(tokens)
    kept = without_courtesy(means)
    return tuple(Token(tokens[index].kind, tokens[index].text, means[index]) for index in kept)


def digest(text: str) -> bytes:
    """Return 32 bytes that are the same for texts with one reading."""
    # No word of a reading holds a space.
    return sha256(" ".join(token.means for token in read(text)).encode()).digest()


def _chunks(text: str) -> list[str]:
    """Split at spaces; a tab or the end of a line stands by itself, for it may part the cells of a table."""
    plain = unicodedata.normalize("NFC", text).translate(_TYPOGRAPHIC).replace("\r\n", "\n").strip()
    return _NO_SPACE.sub(lambda white: f" {white[0]} ", plain).split(" ")


def _uncapitalised(chunks: list[str]) -> Iterator[str]:
    """Undo the capital that only marks the beginning of a sentence."""
    beginning = True
    for chunk in filter(None, chunks):
        yield _lower_first(chunk) if beginning else chunk
        beginning = chunk.isspace() or chunk.rstrip("\"')]}").endswith(_SENTENCE_ENDS)


def _lower_first(chunk: str) -> str:
    word = chunk.rstrip(_CLOSING)
    is_i = word == "I" or word[:2] in ("I'", "I-")
    fixed = is_i or any(map(str.isupper, word[1:])) or not _WORD.fullmatch(word)
    return chunk if fixed else chunk[0].lower() + chunk[1:]


def _tokens(chunk: str) -> Iterator[Token]:
    """Split what stands between two spaces into marks around it and a word in it."""
    core = chunk.lstrip(_OPENING)
    yield from (Token("mark", mark, mark) for mark in chunk[: len(chunk) - len(core)])
    bare = core.rstrip(_CLOSING)
    if core[len(bare) :].startswith("!") and (len(bare) == 1 or bare[-1:].isdigit()):
        bare += "!"  # a factorial
    if bare:
        yield Token(_kind(bare), bare, SAME.get(bare, bare))
    yield from (Token("mark", mark, mark) for mark in core[len(bare) :])


def _kind(text: str) -> str:
    if _WORD.fullmatch(text):
        if any(map(str.isupper, text)) and not text.startswith("I'") and text != "I":
            return "name"
        return next((CLASS_OF[part] for part in text.split("-") if part in CLASS_OF), "word")
    if not any(map(str.isalnum, text)):
        return "mark"
    digits, letters = any(map(str.isdigit, text)), any(map(str.isalpha, text))
    return "number" if digits and not letters else "code"


def _without_contractions(tokens: list[Token]) -> list[Token]:
    plain: list[Token] = []
    for index, token in enumerate(tokens):
        words = CONTRACTED.get(token.text)
        if token.text in IS_OR_HAS and any(
            after.text in DETERMINERS for after in tokens[index + 1 : index + 2]
        ):
            words = IS_OR_HAS[token.text]
        plain += [Token(_kind(word), word, word) for word in words] if words else [token]
    return plain


def _without_end(tokens: list[Token]) -> list[Token]:
    """Drop the full stop at the end, and the mark of a question that its first words show to be one."""
    begins = [token.means for token in tokens[:2]]
    asks = len(begins) == 2 and begins[0] in QUESTIONS and begins[1] in INVERTED
    ends = [token.text for token in tokens[-1:] if token.kind == "mark"]
    return tokens[:-1] if ends == ["."] or (ends == ["?"] and asks) else tokens


def _in_digits(tokens: list[Token]) -> list[str]:
    """What the tokens mean, with number words in digits, but for those that are part of a longer number."""
    means = [token.means for token in tokens]
    for index, token in enumerate(tokens):
        beside = tokens[max(index - 1, 0) : index] + tokens[index + 1 : index + 2]
        if token.means in DIGITS and all(other.kind not in ("number", "code") for other in beside):
            means[index] = DIGITS[token.means]
    return means
