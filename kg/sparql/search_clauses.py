"""SERVICE search:index in a query: full-text search in the search index of the pages.

    SERVICE search:index { ?thing search:words "haqqani network" ; search:rank ?rank ; search:text ?text }

As in engines that offer full-text search as a SERVICE, its group does not match triples: its properties are arguments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from rdflib import XSD

from kg.errors import RequestError
from kg.namespaces import SEARCH
from kg.sparql.lexer import TokenKind
from kg.sparql.policy import limited_text
from kg.sparql.prologue import Prologue, read_prologue
from kg.sparql.query_terms import read_term
from kg.sparql.service_clauses import Service
from kg.sparql.tokenized_text import TokenizedText, TokenSpan
from kg.sparql.triple_patterns import TriplePattern, statements, triples

MAX_FOUND = 2500
"""The maximum number of hits that a search adds to a query, since each makes the query's text longer."""
_ARGUMENTS = {str(SEARCH[name]): name for name in ("words", "rank", "text", "limit")}
_BOUND = ("rank", "text")
"""The arguments that are variables, bound by the search."""


@dataclass(frozen=True)
class SearchClause:
    """The arguments of a search: its words, its limit, and the variables that it binds."""

    words: str
    limit: int | None
    variables: dict[str, str]
    """The variables by what they are bound to: `thing` and, if requested, `text` and `rank`."""

    def table(self, hits: Sequence[tuple[str, str]]) -> str:
        """Return hits, best first, as VALUES; a hit is a thing and its matching text, both already in SPARQL syntax.

        Raises RequestError beyond MAX_FOUND without a limit.
        """
        if self.limit is None and len(hits) > MAX_FOUND:
            raise _fault(
                f"{len(hits):,} things have the words '{self.words}', and the limit is {MAX_FOUND:,}. "
                "More words, or search:limit, make them fewer."
            )
        # VALUES has no order: a query that wants the best first has to sort by the rank.
        best = enumerate(hits[: self.limit or MAX_FOUND], 1)
        solutions = ({"thing": thing, "text": text, "rank": str(rank)} for rank, (thing, text) in best)
        rows = (f"({' '.join(solution[name] for name in self.variables)})" for solution in solutions)
        return f"{{ VALUES ({' '.join(self.variables.values())}) {{ {' '.join(rows)} }} }}"


def may_have_searches(text: str) -> bool:
    """Return whether a text might have a SERVICE search:index, without tokenising it."""
    return str(SEARCH) in text


def is_search(service: Service) -> bool:
    """Return whether a SERVICE names the search index of the pages rather than another endpoint."""
    return service.endpoint == str(SEARCH.index)


def read_search(service: Service) -> SearchClause:
    """Return the arguments of a SERVICE search:index. Raises RequestError if its group has anything else."""
    tokenized = limited_text(service.query)
    prologue, at = read_prologue(tokenized.text, tokenized.tokens, 0, Prologue(None, {}))
    # The prologue is followed by SELECT * and the group.
    opening = at + 2
    subjects, variables, literals = set[str](), dict[str, str](), dict[str, ox.Literal]()
    for pattern in _patterns(tokenized, opening + 1, tokenized.closing[opening]):
        subjects.add(_variable(tokenized, pattern.subject, "the subject"))
        name = _argument(tokenized, prologue, pattern.verb)
        if name in variables or name in literals:
            raise _fault(f"search:{name} stands twice in its group: expected once.")
        if name in _BOUND:
            variables[name] = _variable(tokenized, pattern.object, f"search:{name}")
        else:
            literals[name] = _literal(tokenized, pattern.object, name)
    if len(subjects) != 1 or "words" not in literals:
        raise _fault('expected one variable for what is found, as in { ?thing search:words "talks" }.')
    variables = {"thing": subjects.pop(), **variables}
    if len({*variables.values()}) < len(variables):
        raise _fault("one variable stands for two things: expected different ones for thing, rank and text.")
    limit = _limit(literals["limit"]) if "limit" in literals else None
    return SearchClause(literals["words"].value, limit, variables)


def _limit(limit: ox.Literal) -> int:
    value = limit.value if limit.datatype.value == str(XSD.integer) else ""
    # ASCII digits only, since Python's int() accepts any length and other scripts.
    if value.isascii() and value.isdigit() and len(value) <= len(str(MAX_FOUND)) and 0 < int(value) <= MAX_FOUND:
        return int(value)
    raise _fault(f"search:limit is {limit}: expected a whole number from 1 to {MAX_FOUND:,}.")


def _patterns(tokenized: TokenizedText, begin: int, end: int) -> Iterator[TriplePattern]:
    for statement in statements(tokenized, begin, end):
        patterns = triples(tokenized, *statement)
        if patterns is None:
            raise _fault(f"{tokenized.raw(*statement)} cannot stand in its group: expected triples.")
        yield from patterns


def _variable(tokenized: TokenizedText, span: TokenSpan, what: str) -> str:
    (token, *others) = tokenized.tokens[slice(*span)]
    if others or token.kind is not TokenKind.VARIABLE:
        raise _fault(f"{what} is {tokenized.raw(*span)}: expected a variable.")
    return f"?{token.text[1:]}"


def _argument(tokenized: TokenizedText, prologue: Prologue, span: TokenSpan) -> str:
    (token, *others) = tokenized.tokens[slice(*span)]
    is_name = not others and token.kind in (TokenKind.IRI, TokenKind.NAME)
    name = _ARGUMENTS.get(prologue.resolve(tokenized.text, token)) if is_name else None
    if name is None:
        expected = ", ".join(f"search:{known}" for known in _ARGUMENTS.values())
        raise _fault(f"{tokenized.raw(*span)} is not a property of the search: expected {expected}.")
    return name


def _literal(tokenized: TokenizedText, span: TokenSpan, name: str) -> ox.Literal:
    written = tokenized.raw(*span)
    try:
        term = read_term(written)
    except (SyntaxError, ValueError):
        term = None
    if not isinstance(term, ox.Literal):
        raise _fault(f"search:{name} is {written}: expected a literal, since it is looked up before the query runs.")
    return term


def _fault(fault: str) -> RequestError:
    return RequestError(f"SERVICE search:index: {fault}")
