"""Parses a query as far as the server needs: its form, prologue, dataset clause and called functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

from kg.errors import ForbiddenError, QuerySyntaxError, RequestError
from kg.sparql.lexer import END, Token, TokenKind, syntax_error, tokenize, unescaped, unexpected
from kg.sparql.policy import allowed_text
from kg.sparql.prologue import Prologue, expect, read_prologue
from kg.sparql.protocol import STORED, QueryForm, RequestDataset
from kg.sparql.query_terms import is_usable_iri
from kg.sparql.tokenized_text import TokenizedText
from kg.sparql.workarounds import rewrite

# Endings rather than whole words, since the engine accepts keywords directly after another word: see `policy`.
_OF_12 = ("TRIPLE", "SUBJECT", "PREDICATE", "OBJECT", "LANGDIR", "HASLANG", "ADJUST", "LATERAL", "VERSION")
"""Endings of the keywords of SPARQL 1.2 and of the engine's extensions; no keyword of SPARQL 1.1 has one."""
_SIGNS_OF_12 = (*_OF_12, "<<", "{|", "~", "--")
_FORMS = {form.value: form for form in QueryForm}
# The repetitions are possessive, so that a text that begins otherwise fails at once, without backtracking.
# Most texts need no lexer for this: they begin with declarations in plain letters, then a form as a whole word.
_PLAIN_BEGINNING = re.compile(
    r"(?:[ \t\r\n]++|#[^\r\n]*+|PREFIX[ \t]++[A-Za-z]?[A-Za-z0-9_]*+:[ \t]*+<[!#-;=?-\[\]_a-z~]*+>)*+"
    rf"(?P<form>{'|'.join(_FORMS)})(?=[ \t\r\n{{(*])",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class Request:
    """A query that the policy allows: its `original` text, and a `rewritten` one that means the same to the engine."""

    original: TokenizedText
    rewritten: TokenizedText
    form: QueryForm
    prologue: Prologue
    dataset: RequestDataset
    base: str | None
    """The base of its relative IRIs (SPARQL 1.1 Query, section 4.1.1.2) unless its prologue declares another."""
    functions: tuple[str, ...]


def read_query(text: str, base: str | None, protocol: RequestDataset, *, sparql12: bool = False) -> Request:
    """Parse a query and apply the policy; the protocol's dataset overrides FROM (SPARQL 1.1 Protocol, 2.1.4)."""
    # Escapes first (SPARQL 1.1 Query, section 19.2): they may spell a keyword, which the policy must see.
    original = allowed_text(unescaped(text))
    if not sparql12:
        refuse_sparql12(original)
    prologue, start = read_prologue(original.text, original.tokens, 0, Prologue(base, {}))
    form = _form(original, start)
    # The FROM clauses stay in the text: the engine's own dataset parameters override them too.
    dataset = protocol if protocol.default or protocol.named else _dataset_clause(original, start, prologue)
    check_graphs((*dataset.default, *dataset.named))
    return Request(
        original, rewrite(original, prologue), form, prologue, dataset, base, called_functions(original, prologue)
    )


def query_form(text: str) -> QueryForm | None:
    """Return the form of a query, from its first such keyword, or None."""
    if plain := _PLAIN_BEGINNING.match(text):
        return _FORMS[plain["form"].upper()]
    words = (token.text.upper() for token in tokenize(unescaped(text)) if token.kind is TokenKind.WORD)
    return next((_FORMS[word] for word in words if word in _FORMS), None)


def undeclared(text: str) -> dict[str, Token]:
    """Return the undeclared prefixes that a query uses, without their colons, each with its first use."""
    return _undeclared(TokenizedText(unescaped(text)))


@contextmanager
def declarations_before() -> Iterator[None]:
    """Have an error in a query that is sent after one line of declarations name the line of the query itself."""
    try:
        yield
    except QuerySyntaxError as error:
        raise QuerySyntaxError(_with_line_before(str(error)), error.line - 1, error.column) from error
    except ForbiddenError as error:
        raise ForbiddenError(_with_line_before(str(error))) from error


def _with_line_before(sentence: str) -> str:
    return re.sub(r"(?<=\bline )\d+(?=, column )", lambda line: str(int(line[0]) - 1), sentence, count=1)


def _undeclared(tokenized: TokenizedText) -> dict[str, Token]:
    words = pairwise(tokenized.tokens)
    declared = {name.text for word, name in words if word.is_word("PREFIX") and name.kind is TokenKind.NAME}
    # In reverse, so that the first use of a prefix is the one that remains in its entry.
    names = [token for token in reversed(tokenized.tokens) if token.kind is TokenKind.NAME]
    used = [(token.text.partition(":")[0], token) for token in names]
    return {prefix: token for prefix, token in used if f"{prefix}:" not in declared}


def refuse_undeclared(tokenized: TokenizedText) -> None:
    """Raise QuerySyntaxError if a text that does not parse uses a prefix that it does not declare."""
    for prefix, token in reversed(_undeclared(tokenized).items()):
        fault = f"the prefix {prefix}: of {token.text} is not declared (PREFIX {prefix}: <…>)"
        raise syntax_error(tokenized.text, token.start, fault)


def check_graphs(graphs: Sequence[str]) -> None:
    """Raise RequestError if a graph's name is not an absolute IRI, since it may be written into a query."""
    for graph in graphs:
        if not is_usable_iri(graph):
            raise RequestError(f"The graph '{graph}' is not an absolute IRI.")


def refuse_sparql12(tokenized: TokenizedText, way: str = "ask for 1.2 (sparql=1.2)") -> None:
    """Raise QuerySyntaxError at syntax beyond SPARQL 1.1: triple terms, annotations, their functions, LATERAL."""
    upper = tokenized.text.upper()
    # Most texts contain none of the signs anywhere.
    if not any(sign in upper for sign in _SIGNS_OF_12):
        return
    for token, following in pairwise((*tokenized.tokens, END)):
        touching = token.end == following.start
        pair = touching and (token.text, following.text) in {("<", "<"), ("{", "|")}
        if pair or token.is_sign("~") or (token.kind is TokenKind.WORD and token.text.upper().endswith(_OF_12)):
            raise syntax_error(
                tokenized.text, token.start, f"{token.text} begins something that SPARQL 1.1 does not have; {way}"
            )
        if token.kind is TokenKind.LANGUAGE and "--" in token.text:
            fault = f"{token.text} has a base direction, which SPARQL 1.1 does not have"
            raise syntax_error(tokenized.text, token.start, fault)


def called_functions(tokenized: TokenizedText, prologue: Prologue) -> tuple[str, ...]:
    """Return the IRIs directly before a parenthesis, which include every function that the text calls by IRI."""
    if "(" not in tokenized.text:
        return ()
    pairs = pairwise(tokenized.tokens)
    called = [token for token, after in pairs if token.kind in (TokenKind.IRI, TokenKind.NAME) and after.is_sign("(")]
    return tuple(dict.fromkeys(prologue.resolve(tokenized.text, token) for token in called))


def _form(tokenized: TokenizedText, start: int) -> QueryForm:
    token = tokenized.tokens[start] if start < len(tokenized.tokens) else END
    if not token.is_word(*_FORMS):
        raise unexpected(tokenized.text, token, f"one of {', '.join(_FORMS)}")
    return QueryForm(token.text.upper())


def _dataset_clause(tokenized: TokenizedText, start: int, prologue: Prologue) -> RequestDataset:
    text, tokens = tokenized.text, tokenized.tokens
    if "FROM" not in text.upper():
        return STORED
    default: list[str] = []
    named: list[str] = []
    for at in tokenized.outside_brackets(start):
        if tokens[at].is_word("FROM"):
            is_named = at + 1 < len(tokens) and tokens[at + 1].is_word("NAMED")
            iri = expect(text, tokens, at + 1 + is_named, TokenKind.IRI, TokenKind.NAME)
            (named if is_named else default).append(prologue.resolve(text, iri))
    return RequestDataset(tuple(dict.fromkeys(default)), tuple(dict.fromkeys(named)))
