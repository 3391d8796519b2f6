"""BNODE with a label, as SPARQL 1.1 Query has it in section 17.4.2.9: one blank node for each solution.

The engine makes the label itself the blank node's name, so that every solution, and any stored node of that name,
shares it. Where BNODE stands in the outermost SELECT clause of a query that neither groups nor ends in VALUES, it is
written anew as a function of the label and of a node made afresh for the solution. Elsewhere (BIND, a subquery) the
engine's way stays: there no rewriting is sound in every case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

import pyoxigraph as ox

from kg.store.tokens import Kind, Token

FUNCTION = ox.NamedNode("urn:communique:bnode")
_SOLUTION = "?communique_solution"
_AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT", "GROUP", "VALUES")
_STRING = "http://www.w3.org/2001/XMLSchema#string"

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


def labelled(*arguments: Term) -> ox.BlankNode | None:
    """Return the blank node of a label in a solution, or nothing, which is an error, for what is no plain string."""
    if len(arguments) != 2:  # noqa: PLR2004 - the label and the solution
        return None
    label, solution = arguments
    if not isinstance(label, ox.Literal) or label.language or label.datatype.value != _STRING:
        return None
    return ox.BlankNode(sha256(f"{solution} {label.value}".encode()).hexdigest()[:32])


def with_solutions(text: str, read: Sequence[Token], start: int) -> str:
    """Return a SELECT query with its labelled BNODE calls written anew; any other text as it is."""
    top = list(_top(read, start))
    group = next((position for position in top if read[position].is_sign("{")), len(read))
    calls = [at for at in range(start, group) if _is_labelled(read, at)]
    if (
        not calls
        or not read[start].is_word("SELECT")
        or any(read[at].is_word(*_AGGREGATES) for at in range(start, group))
    ):
        return text
    if group == len(read) or any(read[position].is_word("GROUP", "VALUES") for position in top if position > group):
        return text
    return _rewritten(text, read, calls, group)


def _rewritten(text: str, read: Sequence[Token], calls: Sequence[int], group: int) -> str:
    ending = read[_closing(read, group)].end
    changes = [(read[group].start, read[group].start, "{ "), (ending, ending, f" BIND(BNODE() AS {_SOLUTION}) }}")]
    for call in calls:
        closing = read[_closing(read, call + 1)].start
        changes += [(read[call].start, read[call].end, str(FUNCTION)), (closing, closing, f", {_SOLUTION}")]
    for begins, ends, new in sorted(changes, reverse=True):
        text = text[:begins] + new + text[ends:]
    return text


def _is_labelled(read: Sequence[Token], at: int) -> bool:
    following = read[at + 1 : at + 3]
    return (
        read[at].is_word("BNODE")
        and len(following) == 2  # noqa: PLR2004 - the parenthesis and what it holds
        and following[0].is_sign("(")
        and not following[1].is_sign(")")
    )


def _closing(read: Sequence[Token], opening: int) -> int:
    """Return the position of the bracket that closes an opening one; the guard has seen that there is one."""
    depth = 0
    for position in range(opening, len(read)):
        depth += read[position].is_sign("{", "(", "[") - read[position].is_sign("}", ")", "]")
        if depth == 0:
            return position
    return len(read) - 1


def _top(read: Sequence[Token], start: int) -> Iterator[int]:
    """Yield the positions outside all brackets, opening ones included."""
    depth = 0
    for position in range(start, len(read)):
        token = read[position]
        if token.kind is Kind.SIGN and token.text in "})]":
            depth -= 1
        elif depth == 0:
            yield position
        if token.kind is Kind.SIGN and token.text in "{([":
            depth += 1
