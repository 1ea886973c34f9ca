"""The tables of `words.toml`, which says what each is for, in the form in which they are looked up."""

import tomllib
from importlib.resources import files

_TABLES = tomllib.loads((files(__package__) / "words.toml").read_text("utf-8"))


def _words(table: str, name: str) -> frozenset[str]:
    return frozenset(_TABLES[table][name].split())


CLASS_OF: dict[str, str] = {word: name for name in _TABLES["classes"] for word in _words("classes", name)}
DIGITS: dict[str, str] = _TABLES["digits"]
SAME: dict[str, str] = {
    word: group.split()[0]
    for groups in _TABLES["same"].values()
    for group in groups
    for word in group.split()
}

CONTRACTED: dict[str, tuple[str, ...]] = {
    **{word: tuple(full.split()) for word, full in _TABLES["contracted"].items()},
    **{
        word + ending: (word, rule["means"])
        for ending, rule in _TABLES["endings"].items()
        for word in rule["after"].split()
    },
}
IS_OR_HAS = {f"{word}'s": (word, "is") for word in _words("is_or_has", "words")}
DETERMINERS = _words("is_or_has", "determiners")

QUESTIONS, INVERTED = _words("questions", "words"), _words("questions", "verbs")
REQUESTS, ASKABLE = _words("requests", "verbs"), _words("requests", "askable")
NEED_THE = _words("requests", "need_the")
