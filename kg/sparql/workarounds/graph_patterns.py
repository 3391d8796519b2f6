"""GRAPH and zero-length paths, evaluated as in SPARQL 1.1 Query, section 18.6, which the engine does not do.

If a group inside `GRAPH ?g` has a subquery, MINUS, VALUES or another GRAPH, the engine evaluates it over all graphs at
once; it is rewritten as the union of the same group inside each graph. A graph that is not in the dataset gives no
solutions, not even those that need no triples. A path of length zero from a term that is not in its graph is replaced
by its solution (fixed upstream by oxigraph/oxigraph#1758, #1804 and #1815). The rest of the text is left as sent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Literal, cast

import pyoxigraph as ox

from kg.errors import LimitError
from kg.sparql.engine_dataset import EngineDataset
from kg.sparql.lexer import TokenKind
from kg.sparql.prologue import Prologue
from kg.sparql.query_terms import read_term
from kg.sparql.tokenized_text import MalformedTextError, TokenizedText, TokenSpan
from kg.sparql.triple_patterns import TriplePattern, statements, triples
from kg.terms import GraphName

MAX_GRAPHS = 1000
"""The maximum number of graphs that a group is repeated for."""
MAX_REPEATED_TOKENS = 100_000
"""The maximum number of tokens in all repeated groups together."""
_NOWHERE = "urn:communique:nowhere"
# A quick search for what may be rewritten: GRAPH, and `*` or `?` after a step of a path. `?` before a letter begins a
# variable, and the `*` of COUNT(*) and SELECT does not follow a step, unless that is a name that ends like the keyword.
_MAY_DIFFER = re.compile(r"[Gg][Rr][Aa][Pp][Hh]|(?<!\()(?<![\s{][Ss][Ee][Ll][Ee][Cc][Tt] )\*|\?(?!\w)")

Term = ox.NamedNode | ox.Literal
Active = Sequence[GraphName] | Literal["any"]
"""The graphs whose triples a group matches, one or none; `any` if the graph is a variable."""


def rewrite_graph_patterns(tokenized: TokenizedText, prologue: Prologue, dataset: EngineDataset) -> str:
    """Rewrite the groups and paths of a query that the engine would evaluate differently from SPARQL."""
    if not _MAY_DIFFER.search(tokenized.text):
        return tokenized.text
    try:
        return _Rewriter(tokenized, prologue, dataset).whole()
    except MalformedTextError:  # unchanged, so that the engine's syntax error is about what the client sent
        return tokenized.text


@dataclass
class _Rewriter:
    tokenized: TokenizedText
    prologue: Prologue
    dataset: EngineDataset
    _copied: int = 0
    _uncertain: bool = False
    """Whether a path in `GRAPH ?g` may have length zero from a term that is missing from some graph."""
    _changed: bool = False
    _copy: str = ""
    """The suffix of blank node labels in the copy of a group that is being written."""

    def whole(self) -> str:
        """Return the whole text, unchanged if nothing has to be rewritten."""
        text = self._pieces(0, len(self.tokenized.tokens), self.dataset.default_graphs, within_group=False)
        return text if self._changed else self.tokenized.text

    def _pieces(self, begin: int, end: int, active: Active, *, within_group: bool) -> str:
        parts, at = [], begin
        while at < end:
            before = self.tokenized.tokens[at - 1].end if at else 0
            stop = self.tokenized.end_of_element(at, end) if within_group else self.tokenized.end_outside_groups(at)
            parts += [
                self.tokenized.text[before : self.tokenized.tokens[at].start],
                self._piece(at, stop, active, within_group=within_group),
            ]
            at = stop
        return "".join(parts)

    def _piece(self, at: int, stop: int, active: Active, *, within_group: bool) -> str:
        """Return an element of a group, or a part of the text outside groups, rewritten."""
        token = self.tokenized.tokens[at]
        if token.is_sign("{"):
            return self._group(at, active)
        if within_group and token.is_word("GRAPH"):
            return self._graph(at)
        if within_group and token.is_word("FILTER", "BIND"):
            return token.text + self._pieces(at + 1, stop, active, within_group=False)
        if within_group and self.tokenized.begins_block(at):
            return self._block(at, stop, active)
        return self._raw(at, stop)

    def _group(self, opening: int, active: Active) -> str:
        begin, end = opening + 1, self.tokenized.closing[opening]
        subquery = self.tokenized.tokens[begin].is_word("SELECT")
        return f"{{{self._pieces(begin, end, active, within_group=not subquery)} }}"

    def _graph(self, at: int) -> str:
        name, opening = self.tokenized.tokens[at + 1], at + 2
        if name.kind is TokenKind.VARIABLE:
            return self._any_graph(opening, name.text)
        iri = self.prologue.resolve(self.tokenized.text, name)
        if self.dataset.has_graph(iri):
            return f"GRAPH <{iri}> {self._group(opening, [ox.NamedNode(iri)])}"
        self._changed = True
        # An empty VALUES removes all solutions; the group is kept because its variables remain in scope.
        return f"{{ GRAPH <{iri}> {self._group(opening, [])} VALUES () {{}} }}"

    def _any_graph(self, opening: int, variable: str) -> str:
        outer, self._uncertain = self._uncertain, False
        group = self._group(opening, "any")
        must_repeat, self._uncertain = self._uncertain or self._differs(opening, variable), outer
        if not must_repeat:
            return f"GRAPH {variable} {group}"
        self._changed = True
        self._copied += (len(self.dataset.graph_names) + 1) * (self.tokenized.closing[opening] - opening)
        # An error rather than a wrong answer: evaluated as sent, the group would mix graphs (decision 0007).
        if len(self.dataset.graph_names) > MAX_GRAPHS or self._copied > MAX_REPEATED_TOKENS:
            fault = f"The group of GRAPH {variable} is evaluated in each of {len(self.dataset.graph_names):,} graphs"
            limits = f"its limit allows ({MAX_GRAPHS:,} graphs, {MAX_REPEATED_TOKENS:,} tokens)"
            raise LimitError(f"{fault}, which is more than {limits}: name fewer with FROM NAMED.", "graphs", MAX_GRAPHS)
        return self._union(opening, variable)

    def _union(self, opening: int, variable: str) -> str:
        """Return the union of a group inside each of the named graphs."""
        if not self.dataset.graph_names:
            # There is no solution; the group is kept because its variables remain in scope.
            return f"{{ GRAPH <{_NOWHERE}> {self._group(opening, [])} VALUES {variable} {{}} }}"
        parts = []
        for number, iri in enumerate(self.dataset.graph_names):
            outer, self._copy = self._copy, f"{self._copy}_{number}"
            group = self._group(opening, [ox.NamedNode(iri)])
            self._copy = outer
            parts.append(f"{{ GRAPH <{iri}> {group} VALUES {variable} {{ <{iri}> }} }}")
        return f"{{ {' UNION '.join(parts)} }}"

    def _raw(self, begin: int, end: int) -> str:
        """Return the text of tokens; in a copy, blank nodes get new labels, which no two groups may share."""
        if not self._copy or begin == end:
            return self.tokenized.raw(begin, end)
        parts, at = list[str](), self.tokenized.tokens[begin].start
        for token in self.tokenized.tokens[begin:end]:
            parts += [self.tokenized.text[at : token.end], self._copy if token.kind is TokenKind.BLANK else ""]
            at = token.end
        return "".join(parts)

    def _differs(self, opening: int, variable: str) -> bool:
        """Return whether the engine may evaluate a group whose graph is a variable differently from SPARQL."""
        tokens = self.tokenized.tokens[opening : self.tokenized.closing[opening]]
        words = {token.text.upper() for token in tokens if token.kind is TokenKind.WORD}
        if "SELECT" in words:
            return True
        # 9,000 random groups of only triples, OPTIONAL, UNION and filters had the right answers (decision 0007).
        if not words & {"MINUS", "VALUES", "GRAPH"}:
            return False
        closing = self.tokenized.closing[opening]
        top = set(self.tokenized.elements(opening, closing))
        suspects = (at for at in range(opening, closing) if self.tokenized.tokens[at].kind is TokenKind.WORD)
        binds_variables = bool(self.tokenized.certain_variables(opening))
        return not binds_variables or any(self._strays(at, opening, variable, inside=at not in top) for at in suspects)

    def _strays(self, at: int, opening: int, variable: str, *, inside: bool) -> bool:
        """Return whether a keyword of a group, or `inside` one of its elements, makes the engine's answer differ.

        VALUES does for the graph's own variable, and MINUS unless both sides certainly bind a shared variable.
        """
        token = self.tokenized.tokens[at]
        if token.is_word("VALUES"):
            data = self.tokenized.tokens[at : self.tokenized.next_sign(at, "{")]
            return inside or any(data_token.text[1:] == variable[1:] for data_token in data)
        if token.is_word("MINUS"):
            removed = self.tokenized.next_sign(at, "{")
            certain = self.tokenized.certain_variables
            return inside or not certain(opening, at) & certain(removed)
        return token.is_word("GRAPH") and inside

    def _block(self, begin: int, end: int, active: Active) -> str:
        """Return a block of triples in which paths of length zero from missing terms are replaced by solutions."""
        if not any(token.is_sign("*", "?", "+") for token in self.tokenized.tokens[begin:end]):
            return self._raw(begin, end)
        solutions, patterns = list[str](), list[str]()
        for span in statements(self.tokenized, begin, end):
            statement = triples(self.tokenized, *span) or []
            solved = [(triple, self._solution(triple, active)) for triple in statement]
            new_solutions = [solution for _, solution in solved if solution]
            solutions += new_solutions
            unsolved = [triple.spans for triple, solution in solved if not solution] if new_solutions else [(span,)]
            patterns += (" ".join(starmap(self._raw, spans)) for spans in unsolved)
        self._changed |= bool(solutions)
        return " ".join([*solutions, *(f"{pattern} ." for pattern in patterns)]) if solutions else self._raw(begin, end)

    def _solution(self, triple: TriplePattern, active: Active) -> str | None:
        """Return the solution of a path of length zero from a term that is not in the graph, or None for any other."""
        ends, tokens = (triple.subject, triple.object), self.tokenized.tokens
        named = [span for span in ends if tokens[span[0]].kind not in (TokenKind.VARIABLE, TokenKind.BLANK)]
        repeats = any(token.is_sign("+") for token in tokens[slice(*triple.verb)])
        if active == "any" and len(named) > 1 and repeats:
            self._uncertain = True  # the engine finds the same solution several times
        if not (triple.ways and named) or any(tokens[begin].kind is TokenKind.BLANK for begin, _ in ends):
            return None
        if active == "any":
            self._uncertain = True
            return None
        term = self._term(named[0])
        if self.dataset.holds_term(term, active):
            return None
        if len(named) > 1:
            return f"VALUES () {{ {'() ' * triple.ways}}}" if self._term(named[1]) == term else None
        other = triple.object if named[0] == triple.subject else triple.subject
        return f"VALUES {self._raw(*other)} {{ {' '.join([str(term)] * triple.ways)} }}"

    def _term(self, span: TokenSpan) -> Term:
        written = self._raw(*span)
        written = written.lower() if self.tokenized.tokens[span[0]].kind is TokenKind.WORD else written
        try:
            return cast("Term", read_term(written, self.prologue.text()))
        except SyntaxError as error:  # an undeclared prefix, or an escape that no string has
            raise MalformedTextError(str(error)) from None
