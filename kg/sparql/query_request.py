"""What a query's text says of itself: its form, its prologue, its dataset clause and the functions that it calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pyoxigraph as ox

from kg.errors import QuerySyntaxError, RequestError
from kg.sparql.lexer import Kind, Token, syntax_error, tokens, unescaped
from kg.sparql.policy import guarded_tokens
from kg.sparql.protocol import QueryForm, RequestDataset
from kg.sparql.workarounds import rewrite

_OF_12 = ("TRIPLE", "SUBJECT", "PREDICATE", "OBJECT", "LANGDIR", "HASLANG", "ADJUST", "LATERAL", "VERSION")
"""What keywords of SPARQL 1.2, and of the engine's own, end in, and none of SPARQL 1.1 does."""
_END = Token(Kind.SIGN, "", -1, -1)
_FORMS = tuple(form.value for form in QueryForm)


@dataclass(frozen=True)
class Prologue:
    """The base and the prefixes that a text declares, as it writes them (SPARQL 1.1 Query, section 4.1)."""

    base: str | None
    prefixes: Mapping[str, str]

    def resolve(self, text: str, token: Token) -> str:
        """Return the IRI that an IRI or a prefixed name stands for, or raise QuerySyntaxError."""
        turtle = f"{self._declarations(token)}{token.text} <x:p> <x:o> ."
        try:
            quad: ox.Quad = next(iter(ox.parse(turtle, ox.RdfFormat.TURTLE, base_iri=self.base)))
        except (SyntaxError, ValueError):
            raise syntax_error(text, token.start, f"{token.text} is no IRI, or its prefix is not declared") from None
        return str(quad.subject.value) if isinstance(quad.subject, ox.NamedNode) else ""

    def _declarations(self, token: Token) -> str:
        prefix = token.text.partition(":")[0] + ":"
        known = token.kind is Kind.NAME and prefix in self.prefixes
        return f"@prefix {prefix} <{self.prefixes[prefix]}> .\n" if known else ""

    def text(self) -> str:
        """Return the prologue as SPARQL."""
        base = f"BASE <{self.base}> " if self.base else ""
        return base + "".join(f"PREFIX {prefix} <{iri}> " for prefix, iri in self.prefixes.items())

    def named(self) -> dict[str, str]:
        """Return the prefixes as serialisers take them, without the colon."""
        return {prefix[:-1]: iri for prefix, iri in self.prefixes.items()}


@dataclass(frozen=True)
class Request:
    """A query that has passed the guard; `sent` is what it says, and `text` means the same to the engine."""

    sent: str
    text: str
    form: QueryForm
    prologue: Prologue
    dataset: RequestDataset
    functions: tuple[str, ...]


def read_query(text: str, base: str | None, protocol: RequestDataset, *, sparql12: bool = False) -> Request:
    """Read and guard a query; the protocol's dataset wins over FROM (SPARQL 1.1 Protocol, section 2.1.4)."""
    text = unescaped(text)
    read = guarded_tokens(text)
    if not sparql12:
        refuse_sparql12(text, read)
    prologue, start = read_prologue(text, read, 0, Prologue(base, {}))
    form = _form(text, read, start)
    dataset = protocol if protocol.default or protocol.named else _dataset_clause(text, read, start, prologue)
    check_graphs((*dataset.default, *dataset.named))
    meant = rewrite(text, prologue, read)
    return Request(text, meant, form, prologue, dataset, called_functions(text, read, prologue))


def read_prologue(text: str, read: Sequence[Token], start: int, known: Prologue) -> tuple[Prologue, int]:
    """Return the prologue that begins at a token, added to what is known, and the position after it."""
    base, prefixes, position = known.base, dict(known.prefixes), start
    while position < len(read) and read[position].is_word("BASE", "PREFIX", "VERSION"):
        so_far = Prologue(base, prefixes)
        if read[position].is_word("PREFIX"):
            name, iri = _expect(text, read, position + 1, Kind.NAME), _expect(text, read, position + 2, Kind.IRI)
            prefixes[name.text] = so_far.resolve(text, iri)
            position += 3
        elif read[position].is_word("BASE"):
            base = so_far.resolve(text, _expect(text, read, position + 1, Kind.IRI))
            position += 2
        else:
            position += 2
    return Prologue(base, prefixes), position


def undeclared(text: str) -> dict[str, Token]:
    """Return the prefixes that a query uses and does not declare, without their colons, each with its first use."""
    read = [*tokens(unescaped(text))]
    declared = {name.text for word, name in pairwise(read) if word.is_word("PREFIX") and name.kind is Kind.NAME}
    used = [(token.text.partition(":")[0], token) for token in reversed(read) if token.kind is Kind.NAME]
    return {prefix: token for prefix, token in used if f"{prefix}:" not in declared}


def refuse_undeclared(text: str) -> None:
    """Raise QuerySyntaxError if a text that does not parse uses a prefix that it does not declare."""
    for prefix, token in reversed(undeclared(text).items()):
        found = f"the prefix {prefix}: of {token.text} is not declared (PREFIX {prefix}: <…>)"
        raise syntax_error(unescaped(text), token.start, found)


def check_graphs(graphs: Sequence[str]) -> None:
    """Raise RequestError if a graph's name is no absolute IRI: it may be written into a text."""
    for graph in graphs:
        try:
            ox.NamedNode(graph)
        except ValueError:
            raise RequestError(f"The graph '{graph}' is not an absolute IRI.") from None


def refuse_sparql12(text: str, read: Sequence[Token], way: str = "ask for 1.2 (sparql=1.2)") -> None:
    """Raise QuerySyntaxError at what SPARQL 1.1 does not know: triple terms, annotations, their functions, LATERAL."""
    for token, following in pairwise((*read, _END)):
        touching = token.end == following.start
        pair = touching and (token.text, following.text) in {("<", "<"), ("{", "|")}
        if pair or token.is_sign("~") or (token.kind is Kind.WORD and token.text.upper().endswith(_OF_12)):
            raise syntax_error(text, token.start, f"{token.text} begins what SPARQL 1.1 does not know; {way}")
        if token.kind is Kind.LANGUAGE and "--" in token.text:
            raise syntax_error(text, token.start, f"{token.text} has a base direction, which SPARQL 1.1 does not know")


def called_functions(text: str, read: Sequence[Token], prologue: Prologue) -> tuple[str, ...]:
    """Return the IRIs that stand directly before a parenthesis: every function that the text calls by IRI is one."""
    found = [one for one, after in pairwise(read) if one.kind in (Kind.IRI, Kind.NAME) and after.is_sign("(")]
    return tuple(dict.fromkeys(prologue.resolve(text, token) for token in found))


def _form(text: str, read: Sequence[Token], start: int) -> QueryForm:
    if start < len(read) and read[start].is_word(*_FORMS):
        return QueryForm(read[start].text.upper())
    if start >= len(read):
        raise syntax_error(text, len(text), "it ends where one of SELECT, CONSTRUCT, ASK, DESCRIBE was expected")
    raise syntax_error(text, read[start].start, f"{read[start].text} stands where a query form was expected")


def _dataset_clause(text: str, read: Sequence[Token], start: int, prologue: Prologue) -> RequestDataset:
    default: list[str] = []
    named: list[str] = []
    for position in _at_top(read, start):
        if read[position].is_word("FROM"):
            is_named = position + 1 < len(read) and read[position + 1].is_word("NAMED")
            iri = _expect(text, read, position + 1 + is_named, Kind.IRI, Kind.NAME)
            (named if is_named else default).append(prologue.resolve(text, iri))
    return RequestDataset(tuple(dict.fromkeys(default)), tuple(dict.fromkeys(named)))


def _at_top(read: Sequence[Token], start: int) -> Iterator[int]:
    depth = 0
    for position in range(start, len(read)):
        if read[position].is_sign("{", "(", "["):
            depth += 1
        elif read[position].is_sign("}", ")", "]"):
            depth -= 1
        elif depth == 0:
            yield position


def _expect(text: str, read: Sequence[Token], position: int, *kinds: Kind) -> Token:
    if position < len(read) and read[position].kind in kinds:
        return read[position]
    expected = " or ".join("an IRI" if kind is Kind.IRI else "a prefixed name" for kind in kinds)
    if position < len(read):
        raise syntax_error(text, read[position].start, f"{read[position].text} stands where {expected} was expected")
    raise QuerySyntaxError(f"The text ends where {expected} was expected.")
