"""BNODE with a label as defined in SPARQL 1.1 Query, section 17.4.2.9: one blank node for each label and solution.

The engine uses the label as the blank node's name: all solutions, requests and stored nodes with that name share it,
and a label that is not a valid name gives no value. A call is rewritten as a function of the label and of a node that
is new for each solution, from a BIND in the group that the call belongs to.
"""

from __future__ import annotations

from hashlib import sha256

import pyoxigraph as ox

from kg.datatypes import XSD
from kg.sparql.token_edits import Edits
from kg.sparql.tokenized_text import TokenSpan
from kg.terms import EngineTerm

FUNCTION = "<urn:communique:bnode>"
HIDDEN = "communique_solution_"
"""The prefix of the variables that hold a solution's own node."""
_JOINED = "_joined"
_AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
_CLAUSES = ("GROUP", "HAVING", "ORDER")


def labelled(*arguments: EngineTerm) -> ox.BlankNode | None:
    """Return the blank node for a label in a solution; None, an error in SPARQL, if the label is not a plain string."""
    if len(arguments) != 2:  # noqa: PLR2004 - the label and the solution
        return None
    label, solution = arguments
    if not isinstance(label, ox.Literal) or label.language or label.datatype.value != f"{XSD}string":
        return None
    # A digest, since a label may have characters that are not allowed in a blank node's name.
    digest = sha256(f"{solution} {label.value}".encode("utf-8", "surrogatepass")).hexdigest()
    return ox.BlankNode(f"b{digest[:31]}")  # names in RDF/XML cannot begin with a digit


def rewrite_blank_nodes(edits: Edits) -> bool:
    """Rewrite each BNODE that has a label; return whether variables were added, which `SELECT *` must not show."""
    places = [at for at, token in enumerate(edits.tokens) if token.is_word("BNODE") and edits.is_call(at)]
    nodes = dict[int, int | None]()
    joined = dict[int, TokenSpan]()
    for call in (at for at in places if len(edits.arguments(at + 1)) == 1):
        around, level = edits.enclosing_brackets(call), edits.enclosing_brace(call)
        opening = edits.group_of_clause(level) if edits.is_clause(level) else level
        if opening is None:
            continue
        binding = None if edits.is_clause(level) else _binding(edits, around, level)
        of_groups = edits.is_clause(level) and _is_of_groups(edits, call, level, opening)
        values = edits.values_of_clause(level) if edits.is_clause(level) and not of_groups else None
        solution = f"?{HIDDEN}{opening}"
        if values:  # joining with it may turn one solution of WHERE into several
            solution += _JOINED
            joined[opening] = values
        else:
            _note(nodes, opening, binding)
        if of_groups:
            # Aggregates without GROUP BY have one group even without solutions, and then there is nothing to sample.
            solution = f"COALESCE(SAMPLE({solution}), BNODE())"
        edits.replace((call, call + 1), FUNCTION)
        edits.insert_before(edits.closing[call + 1], f", {solution}")
    for opening, binding in nodes.items():
        _make(edits, opening, binding)
    for opening, values in joined.items():
        _make_after_join(edits, opening, values)
    return bool(nodes or joined)


def _binding(edits: Edits, around: list[int], level: int) -> int | None:
    """Return the position of the BIND that contains a call in a group, or None for FILTER."""
    outermost = next((at for at in around if at > level), None)
    return outermost - 1 if outermost and edits.tokens[outermost - 1].is_word("BIND") else None


def _note(nodes: dict[int, int | None], opening: int, binding: int | None) -> None:
    """Record that a group makes a node for each solution: at its end, or before the first BIND that needs it."""
    places = [at for at in (nodes.get(opening), binding) if at is not None]
    nodes[opening] = min(places) if places else None


def _is_of_groups(edits: Edits, call: int, level: int, opening: int) -> bool:
    """Return whether a call in SELECT, HAVING or ORDER BY is evaluated for a group of solutions, not for each."""
    clauses = [at for at in edits.clause(level) if edits.tokens[at].is_word(*_CLAUSES)]
    clause = next((edits.tokens[at] for at in reversed(clauses) if at < call), None)
    if (clause and clause.is_word("GROUP")) or any(
        _is_aggregate(edits, at - 1) for at in edits.enclosing_brackets(call)
    ):
        return False
    outside = (
        at
        for at in range(level + 1, edits.closing.get(level, len(edits.tokens)))
        if not opening < at < edits.closing[opening]
    )
    return any(edits.tokens[at].is_word("GROUP") for at in clauses) or any(_is_aggregate(edits, at) for at in outside)


def _is_aggregate(edits: Edits, at: int) -> bool:
    return edits.tokens[at].is_word(*_AGGREGATES) and edits.is_call(at)


def _make(edits: Edits, opening: int, binding: int | None) -> None:
    new_node, closing = f" BIND(BNODE() AS ?{HIDDEN}{opening}) ", edits.closing[opening]
    if binding is not None:
        edits.insert_before(binding, new_node)
    # A group that is a subquery can contain nothing else: the BIND goes after it, in a group around both.
    elif edits.tokens[opening + 1].is_word("SELECT"):
        edits.insert_after(opening, " { ")
        edits.insert_before(closing, f" }} {new_node}")
    else:
        edits.insert_before(closing, new_node)


def _make_after_join(edits: Edits, opening: int, values: TokenSpan) -> None:
    """Make the node of a query's solutions after its VALUES has joined, by moving VALUES into the group."""
    edits.insert_after(opening, " { ")
    new_node = f"BIND(BNODE() AS ?{HIDDEN}{opening}{_JOINED})"
    edits.insert_before(edits.closing[opening], f" }} {edits.raw(*values)} {new_node} ")
    edits.replace(values, "")
