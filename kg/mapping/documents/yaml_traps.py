"""Messages about values that YAML does not read as meant, because they have to be quoted."""

from __future__ import annotations

import re

KEY_AND_VALUE = re.compile(r"\s*(?:- +)*(?P<key>[A-Za-z@][\w@-]*): +(?P<value>\S.*?)\s*")
IN_BRACKETS = re.compile(r"\s*(?:- +)*(?:[A-Za-z@][\w@-]*: +)?[{\[]")
KEY_IN_BRACKETS = re.compile(r"[{\[,]\s*(?=[A-Za-z@][\w@-]*: )")
END_IN_BRACKETS = re.compile(r"[}\]]|,\s*[A-Za-z@][\w@-]*: ")
INDICATORS = "@`%|>?-"
"""Characters that no unquoted text begins with, besides those of anchors, aliases and tags."""
MAX_SHOWN_CHARACTERS = 60
"""The most code points of a line that a message repeats."""


def trap_at(line: str, column: int) -> str:
    """Return how to write the text on a line that is not YAML at a column, as a sentence; empty if unknown."""
    match = KEY_AND_VALUE.fullmatch(_part_at(line, column))
    if match is None:
        return ""
    key, value = match["key"], match["value"]
    if reason := _reason(value):
        return f"{_shown(f'{key}: {value}')}: {reason}, as in {_shown(f'{key}: {_quoted(value)}')}"
    return ""


def _part_at(line: str, column: int) -> str:
    """Return the line, or the key and value at the column if they are among others between brackets."""
    if not IN_BRACKETS.match(line):
        return line
    starts = [key.end() for key in KEY_IN_BRACKETS.finditer(line) if key.end() <= column]
    ends = [end.start() for end in END_IN_BRACKETS.finditer(line, column)]
    return line[max(starts, default=0) : min(ends, default=len(line))]


def _reason(value: str) -> str:
    if value[0] == '"':
        return "put it in single quotes: a value may not begin with a quotation mark that closes before its end"
    if value[0] == "'":
        return "double the apostrophes: a value may not begin with a single quote that closes before its end"
    if value[0] in INDICATORS:
        return f"put it in single quotes: a value may not begin with {value[0]}"
    return "quote it: a value may not contain a colon and a space" if re.search(r":(?:\s|$)", value) else ""


def _quoted(value: str) -> str:
    """Return a value in single quotes, without those that it already has around it."""
    bare = value[1:-1] if len(value) > 1 and value[0] == value[-1] == "'" else value
    return "'" + re.sub("'+", "''", bare) + "'"


def _shown(text: str) -> str:
    return f"`{text if len(text) <= MAX_SHOWN_CHARACTERS else f'{text[:MAX_SHOWN_CHARACTERS]}…'}`"
