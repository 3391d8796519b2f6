"""The triple patterns of a group, read from its tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.sparql.lexer import Token, TokenKind
from kg.sparql.query_paths import read_path
from kg.sparql.tokenized_text import MalformedTextError, TokenizedText, TokenSpan

_SIMPLE = (TokenKind.IRI, TokenKind.NAME, TokenKind.VARIABLE, TokenKind.BLANK, TokenKind.NUMBER)


@dataclass(frozen=True)
class TriplePattern:
    """A triple pattern: the spans of its terms, and the number of ways in which its path joins a term to itself."""

    subject: TokenSpan
    verb: TokenSpan
    object: TokenSpan
    ways: int

    @property
    def spans(self) -> tuple[TokenSpan, TokenSpan, TokenSpan]:
        """Return the spans of its terms."""
        return self.subject, self.verb, self.object

    def text(self, tokenized: TokenizedText) -> str:
        """Return its text, as a complete statement."""
        return " ".join(tokenized.raw(*span) for span in self.spans)


def statements(tokenized: TokenizedText, begin: int, end: int) -> Iterator[TokenSpan]:
    """Yield the statements of a block, without the dots between them."""
    start = begin
    for at in tokenized.outside_brackets(begin, end):
        if tokenized.tokens[at].is_sign("."):
            if at > start:
                yield start, at
            start = at + 1
    if end > start:
        yield start, end


def triples(tokenized: TokenizedText, begin: int, end: int) -> list[TriplePattern] | None:
    """Return the triple patterns of a statement, or None if it has nodes in brackets or cannot be parsed."""
    try:
        return list(_triples(tokenized, begin, end))
    except MalformedTextError:
        return None


def certain_subjects(tokenized: TokenizedText, opening: int) -> set[str]:
    """Return the variables that are subjects of a group's own triples, and so never literals in any solution."""
    closing, subjects = tokenized.closing[opening], set[str]()
    # The three variables that a subquery projects look like a triple.
    if tokenized.tokens[opening + 1].is_word("SELECT"):
        return subjects
    blocks = (at for at in tokenized.elements(opening, closing) if tokenized.begins_block(at))
    for block in blocks:
        for span in statements(tokenized, block, tokenized.end_of_block(block, closing)):
            # A path of length zero, or an inverse path, may begin at a literal.
            simple = (pattern for pattern in triples(tokenized, *span) or () if pattern.verb[1] - pattern.verb[0] == 1)
            terms = (tokenized.tokens[pattern.subject[0]] for pattern in simple)
            subjects.update(term.text[1:] for term in terms if term.kind is TokenKind.VARIABLE)
    return subjects


def _triples(tokenized: TokenizedText, begin: int, end: int) -> Iterator[TriplePattern]:
    tokens = tokenized.tokens
    subject = begin, _term(tokens, begin, end)
    at = subject[1]
    while at < end:
        if tokens[at].kind is TokenKind.VARIABLE:
            verb, ways = (at, at + 1), 0
        else:
            path = read_path(tokenized, at, end)
            verb, ways = (at, path.end), path.ways
        at = verb[1]
        while True:
            stop = _term(tokens, at, end)
            yield TriplePattern(subject, verb, (at, stop), ways)
            at = stop + 1
            if not (stop < end and tokens[stop].is_sign(",")):
                break
        if stop < end and not tokens[stop].is_sign(";"):
            raise MalformedTextError(f"Token {stop} ends no triple.")
        # The grammar allows several semicolons in a row, and one at the end (rule 83, PropertyListPathNotEmpty).
        while at < end and tokens[at].is_sign(";"):
            at += 1


def _term(tokens: Sequence[Token], at: int, end: int) -> int:
    """Return the position after a term without brackets."""
    if at < end and (tokens[at].kind in _SIMPLE or tokens[at].is_word("TRUE", "FALSE")):
        return at + 1
    if at + 1 < end and tokens[at].is_sign("+", "-") and tokens[at + 1].kind is TokenKind.NUMBER:
        return at + 2
    if at >= end or tokens[at].kind is not TokenKind.STRING:
        raise MalformedTextError(f"Token {at} is no term without brackets.")
    if at + 1 < end and tokens[at + 1].kind is TokenKind.LANGUAGE:
        return at + 2
    typed = at + 3 < end and tokens[at + 1].is_sign("^") and tokens[at + 2].is_sign("^")
    return at + 4 if typed else at + 1
