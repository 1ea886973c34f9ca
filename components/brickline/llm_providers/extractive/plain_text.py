"""Reads the prose out of a text that may be Markdown."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufeff]")
_NEWLINE = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s")
_RULE = re.compile(r"\s{0,3}(?:={2,}|-{3,}|(?:[*_]\s*){3,})$")
_TABLE_ROW = re.compile(r"\s*\||[^|]*\|[^|]*\|")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?")
_QUOTE = re.compile(r"^\s{0,3}(?:>\s?)+")
_DEFINITION = re.compile(r"\s{0,3}\[[^\]]{1,80}\]:\s")
_LABEL = re.compile(r"(?P<label>[A-Z][\w /-]{0,24}):\s+(?P<value>\S.*)")
_SUBJECT_LABELS = frozenset({"subject", "re", "title", "topic", "betreff", "objet", "asunto"})
# What ends a sentence in Latin, Chinese, Japanese, Hindi and Arabic writing, then quotes and brackets.
_TERMINAL = re.compile("[.!?\u2026\u3002\uff01\uff1f\u0964\u061f][\"'\u201d\u2019\xbb)\\]]*$")
_LONGEST_HEADING = 90
_LONGEST_TITLE_LINE = 60

# Every quantifier is bounded, so that no text, however odd, takes more than time linear in its length.
_INLINE = (
    (re.compile(r"<!--.{0,500}?-->", re.DOTALL), ""),
    (re.compile(r"!?\[([^\[\]]{0,300})\](?:\([^()]{0,500}\)|\[[^\[\]]{0,80}\])"), r"\1"),
    (re.compile(r"\[\^[^\]]{1,40}\]"), ""),
    (re.compile(r"<(https?://[^<>\s]{1,500})>"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^<>]{0,200}>"), ""),
    (re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=[^\s\\])[*_]{1,3}(?!\w)|~~|`{1,3}"), ""),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])"), r"\1"),
    (re.compile(r"\s+"), " "),
)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list item or a heading as plain text on one line."""

    text: str
    is_heading: bool
    is_item: bool = False


def printable(text: str) -> str:
    """`text` without control characters and lone surrogates, which databases and JSON readers reject."""
    return _CONTROL.sub(" ", text).encode(errors="replace").decode()


def read_blocks(text: str) -> tuple[Block, ...]:
    """The prose of `text` in order, without code, tables, markup and the From/To lines of a letter's head."""
    blocks: list[Block] = []
    for lines in _paragraphs(_NEWLINE.sub("\n", text).split("\n")):
        blocks.extend(_read_paragraph(lines))
    return tuple(block for block in blocks if block.text)


def ends_sentence(text: str) -> bool:
    """Whether `text` ends as sentences do."""
    return _TERMINAL.search(text[-8:]) is not None


def inline_text(line: str) -> str:
    """`line` without Markdown's inline marks, white space collapsed."""
    for pattern, replacement in _INLINE:
        line = pattern.sub(replacement, line)
    return html.unescape(line).strip()


def _paragraphs(lines: list[str]) -> Iterator[list[str]]:
    """Groups of lines that belong together; headings and list items start a group of their own."""
    current: list[str] = []
    in_code = False
    fences = sum(_FENCE.match(line) is not None for line in lines)
    for raw in lines:
        line = _QUOTE.sub("", raw)
        if _FENCE.match(raw):
            in_code = not in_code and fences > 1  # a fence that nothing closes opens nothing
            fences -= 1
        is_break = in_code or not line.strip() or _is_markup(line)
        if is_break or _ITEM.match(line) or _HEADING.match(line):
            yield current
            current = []
        if is_break:
            continue
        current.append(line)
        if _HEADING.match(line):
            yield current
            current = []
    yield current


def _is_markup(line: str) -> bool:
    return any(pattern.match(line) for pattern in (_FENCE, _RULE, _TABLE_ROW, _DEFINITION))


def _read_paragraph(lines: list[str]) -> Iterator[Block]:
    if not lines:
        return
    item = _ITEM.match(lines[0])
    texts = [inline_text(lines[0][item.end() if item else 0 :]), *map(inline_text, lines[1:])]
    labels = [_LABEL.fullmatch(text) for text in texts]
    if all(labels) and not ends_sentence(texts[-1]):
        for match in labels:
            if match and match["label"].lower() in _SUBJECT_LABELS:
                yield Block(match["value"], is_heading=True)
        return
    text = " ".join(texts)
    if _HEADING.match(lines[0]):
        yield Block(text.strip("# "), is_heading=True)
    elif len(texts) > 1 and not ends_sentence(text) and max(map(len, texts)) <= _LONGEST_TITLE_LINE:
        for line in texts:
            yield Block(line, is_heading=True)
    else:
        is_heading = len(text) <= _LONGEST_HEADING and not ends_sentence(text)
        yield Block(text, is_heading, is_item=item is not None)
