"""Files and folders as documents, all checked before the first is used."""

import codecs
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from brickline.client.errors import UnusableFiles
from brickline.documents import MAX_DOCUMENT_BYTES, Document, DocumentsError

SUFFIXES = (".md", ".txt")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that can be sent, and its text."""

    path: Path
    text: str


def read_files(paths: Sequence[Path]) -> tuple[SourceFile, ...]:
    """Read text files, and those in folders at any depth, each once, folders in the order of their names.

    Raises `UnusableFiles` that names every path that is missing, empty, not `.txt` or `.md`, not UTF-8,
    binary, blank or too large. Hidden files and folders within a folder are passed over.
    """
    found: dict[Path, SourceFile] = {}
    problems: list[str] = []
    for path in (file for given in paths for file in _expand(given, problems)):
        if path.resolve() not in found:
            try:
                found[path.resolve()] = SourceFile(path, _read(path))
            except _Unusable as error:
                problems.append(f"{path}: {error}")
    if problems:
        raise UnusableFiles(problems)
    return tuple(found.values())


class _Unusable(Exception):
    pass


def _expand(path: Path, problems: list[str]) -> list[Path]:
    try:
        return _documents_at(path)
    except OSError as error:
        problems.append(f"{path}: {error.strerror or repr(error)}")
    except _Unusable as error:
        problems.append(f"{path}: {error}")
    return []


def _documents_at(path: Path) -> list[Path]:
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        inside = sorted(file for file in path.rglob("*") if _is_document(file, path))
        if not inside:
            raise _Unusable("the folder holds no .txt or .md file")
        return inside
    if not stat.S_ISREG(mode):
        raise _Unusable("not a regular file")
    if path.suffix.lower() not in SUFFIXES:
        raise _Unusable("not a .txt or .md file; convert it to text first")
    return [path]


def _is_document(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return file.suffix.lower() in SUFFIXES and not hidden and file.is_file()


def _read(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_DOCUMENT_BYTES + len(codecs.BOM_UTF8):  # looked at first: it may not fit into memory
            raise _Unusable(f"the file has {size:,} bytes; the limit is {MAX_DOCUMENT_BYTES:,}: split it")
        content = path.read_bytes()
    except OSError as error:
        raise _Unusable(error.strerror or repr(error)) from error
    try:
        text = content.decode("utf-8-sig")
        Document.create(text)  # the server's own rules
    except UnicodeDecodeError as error:
        kind = _kind_of(content)
        raise _Unusable(f"{kind} (byte {error.start:,} is 0x{content[error.start]:02x})") from error
    except DocumentsError as error:
        raise _Unusable(str(error)) from error
    return text


def _kind_of(content: bytes) -> str:
    """Say what a file that is not UTF-8 is, as far as its bytes tell."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16 text; save it as UTF-8"
    return "a binary file" if b"\x00" in content else "not UTF-8 text; save it as UTF-8"
