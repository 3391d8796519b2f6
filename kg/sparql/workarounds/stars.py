"""`SELECT *` and `DESCRIBE *` written out, so that variables of our own do not show."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from kg.sparql.lexer import Token, tokens
from kg.sparql.workarounds.edits import Edits

Ask = Callable[[str], object]


def without_hidden(text: str, resolve: Callable[[Token], str], prefix: str, ask: Ask) -> str:
    """Return a text whose stars name the variables that they stand for, without those whose names begin with a prefix.

    `ask` runs a query, that is nothing but `SELECT *` of a group, on no data: the engine knows what is in scope.
    """
    stars = len([*_stars(Edits(text, list(tokens(text)), resolve))])
    for number in reversed(range(stars)):  # the inner ones, which stand later, before those that they are in
        edits = Edits(text, list(tokens(text)), resolve)
        star, group = list(_stars(edits))[number]
        solutions = ask(f"SELECT * {edits.raw((group, edits.closing[group] + 1))}")
        names = solutions.variables if isinstance(solutions, ox.QuerySolutions) else []
        shown = [str(name) for name in names if not name.value.startswith(prefix)]
        if shown:
            edits.replace((star, star + 1), f" {' '.join(shown)} ")
        text = edits.result()
    return text


def _stars(edits: Edits) -> list[tuple[int, int]]:
    """Return the position of each star that stands for variables, and of the group that they are in scope of."""
    found = []
    for at, token in enumerate(edits.read):
        if token.is_sign("*") and at and edits.read[at - 1].is_word("SELECT", "DISTINCT", "REDUCED", "DESCRIBE"):
            level = next((place for place in reversed(edits.around(at)) if edits.read[place].is_sign("{")), -1)
            group = edits.group_of_clause(level)
            if group is not None and not edits.read[at - 2].is_sign("("):
                found.append((at, group))
    return found
