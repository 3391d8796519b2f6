"""`SELECT *` and `DESCRIBE *` written out, so that variables of our own do not show."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from kg.sparql.workarounds.edits import Edits

RunQuery = Callable[[str], object]


def hide_variables(edits: Edits, prefix: str, run: RunQuery) -> None:
    """Replace each star by the variables that it stands for, without those whose names begin with a prefix.

    `run` evaluates `SELECT *` of a group on no data: the engine knows which variables are in scope. An inner star comes
    after the one that it is within, and is replaced before it.
    """
    for star, group in reversed(_stars(edits)):
        solutions = run(f"SELECT * {edits.changed_group(group)}")
        names = solutions.variables if isinstance(solutions, ox.QuerySolutions) else []
        shown = [str(name) for name in names if not name.value.startswith(prefix)]
        if shown:
            edits.replace((star, star + 1), f" {' '.join(shown)} ")


def _stars(edits: Edits) -> list[tuple[int, int]]:
    """Return the position of each star that stands for variables, and of the group that they are in scope of."""
    stars = []
    for at, token in enumerate(edits.tokens):
        if token.is_sign("*") and at and edits.tokens[at - 1].is_word("SELECT", "DISTINCT", "REDUCED", "DESCRIBE"):
            level = next((place for place in reversed(edits.around(at)) if edits.tokens[place].is_sign("{")), -1)
            group = edits.group_of_clause(level)
            # Not that of COUNT(DISTINCT *), which counts solutions and names no variables.
            if group is not None and not edits.tokens[at - 2].is_sign("("):
                stars.append((at, group))
    return stars
