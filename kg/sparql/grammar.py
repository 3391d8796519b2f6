"""The grammar of SPARQL 1.1 (grammar.ebnf), used to explain syntax errors: first sets and expected symbols."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RULES = Path(__file__).with_name("grammar.ebnf").read_text("utf-8")
WORD_SETS: Mapping[str, str] = {
    "function0": "NOW RAND UUID STRUUID",
    "function1": "STR LANG DATATYPE IRI URI ABS CEIL FLOOR ROUND STRLEN UCASE LCASE ENCODE_FOR_URI YEAR MONTH DAY "
    "HOURS MINUTES SECONDS TIMEZONE TZ MD5 SHA1 SHA256 SHA384 SHA512 ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC",
    "function2": "LANGMATCHES CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER STRLANG STRDT SAMETERM",
    "function2to3": "SUBSTR REGEX",
    "functions": "COALESCE CONCAT",
    "aggregate": "SUM MIN MAX AVG SAMPLE",
}
"""Built-in functions by the number of expressions they take."""
TERMINAL_WORDS: Mapping[str, str] = {
    "variable": "a variable",
    "string": "a string",
    "integer": "a whole number",
    "decimal": "a number",
    "iri": "an IRI in < >",
    "name": "a name with a prefix",
    "prefix": "a prefix with its colon",
    "language": "a language",
    "blank": "a blank node",
    "anon": '"[]"',
    "nil": '"()"',
}
"""Names of the lexer's terminals for error messages."""
RULE = re.compile(r"\w")
"""The beginning of a line that is a rule rather than a comment."""
KEYWORDS = frozenset(re.findall(r"'([A-Z_]+)'", RULES)) | {
    word for words in WORD_SETS.values() for word in words.split()
}
Symbols = tuple[str, ...]


@dataclass(frozen=True)
class Production:
    """The alternatives of a symbol, and its name in error messages; empty if its parts are named instead."""

    alternatives: tuple[Symbols, ...]
    words: str = ""


@cache
def rules() -> Mapping[str, Production]:
    """Return the rules by name; the names of rules for optional and repeated parts begin with a parenthesis."""
    reader = _ProductionReader()
    for line in filter(RULE.match, RULES.splitlines()):
        head, _, body = line.partition(" = ")
        name, _, words = head.partition(" (")
        reader.read(name, words.removesuffix(")"), body)
    return reader.rules


@cache
def first(symbol: str) -> frozenset[str]:
    """Return the terminals that a symbol can begin with, and the empty string if the symbol can be empty."""
    if symbol not in rules():
        return frozenset({symbol})
    return frozenset[str]().union(*map(first_of_all, rules()[symbol].alternatives))


@cache
def first_of_all(symbols: Symbols) -> frozenset[str]:
    """Return the terminals that a sequence can begin with, and the empty string if the sequence can be empty."""
    terminals = frozenset({""})
    for symbol in symbols:
        if "" not in terminals:
            break
        terminals = terminals - {""} | first(symbol)
    return terminals


def expected_words(stack: Iterable[str]) -> list[str]:
    """Return descriptions of what may come next, given the symbols that are to follow, the nearest first."""
    words: dict[str, None] = {}
    for symbol in stack:
        _add_words(symbol, words)
        if "" not in first(symbol):
            break
    return [*words]


def _add_words(symbol: str, words: dict[str, None]) -> None:
    rule = rules().get(symbol)
    if rule is None:
        words[TERMINAL_WORDS.get(symbol) or (symbol if symbol[0].isalpha() else f'"{symbol}"')] = None
    elif rule.words:
        words[rule.words] = None
    else:
        for alternative in rule.alternatives:
            words |= dict.fromkeys(expected_words(alternative))


class _ProductionReader:
    """Reads rules; a part in brackets becomes a rule of its own."""

    def __init__(self) -> None:
        self.rules: dict[str, Production] = {}

    def read(self, name: str, words: str, body: str) -> None:
        texts = re.findall(r"'[^' ]+'|\S+", body)
        self.rules[name] = Production(self._alternatives(name, texts), words)

    def _alternatives(self, name: str, texts: list[str]) -> tuple[Symbols, ...]:
        """Consume symbols up to the end or up to and including a closing bracket."""
        alternatives: list[list[str]] = [[]]
        while texts:
            written = texts.pop(0)
            if written in {")", "]", "}"}:
                break
            if written == "|":
                alternatives.append([])
            elif written in {"(", "[", "{"}:
                part = f"({name} {len(self.rules)}"
                # Reserve its name before the inner parts are read: they take the next numbers.
                self.rules[part] = Production(())
                inner = self._alternatives(name, texts)
                if written == "{":
                    # A repeated part is written as recursion, so that a production needs nothing but alternatives.
                    inner = tuple((*alternative, part) for alternative in inner)
                self.rules[part] = Production(inner if written == "(" else (*inner, ()))
                alternatives[-1].append(part)
            else:
                alternatives[-1].append(written.strip("'"))
        return tuple(map(tuple, alternatives))
