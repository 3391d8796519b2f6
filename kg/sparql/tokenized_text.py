"""A text's tokens and matching brackets, and the positions of its groups' elements (SPARQL 1.1 Query, section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from kg.sparql.lexer import Token, TokenKind, tokenize

# LATERAL is an extension of the engine, for requests in SPARQL 1.2.
_KEYWORDS = ("OPTIONAL", "MINUS", "UNION", "FILTER", "BIND", "GRAPH", "VALUES", "SERVICE", "LATERAL", "SELECT")
_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
_TERMS = (TokenKind.IRI, TokenKind.NAME, TokenKind.VARIABLE, TokenKind.BLANK, TokenKind.STRING, TokenKind.NUMBER)
TokenSpan = tuple[int, int]
"""A span of token positions: the first, and the one after the last."""
_OPENING, _CLOSING = ("{", "(", "["), ("}", ")", "]")


class MalformedTextError(Exception):
    """A text cannot be divided: a bracket has no match, or an element of a group is incomplete."""


class _Closing(dict[int, int]):
    """The positions of closing brackets, by those of the opening ones."""

    def __missing__(self, opening: int) -> int:
        raise MalformedTextError(f"Token {opening} opens no group that is closed.")


class TokenizedText:
    """A text, its tokens and brackets; every method raises MalformedTextError where the text is not well-formed."""

    def __init__(self, text: str, known_tokens: Sequence[Token] | None = None) -> None:
        self.text, self._known_tokens = text, known_tokens

    @cached_property
    def tokens(self) -> Sequence[Token]:
        """Return the tokens. Raises QuerySyntaxError where no token can be read."""
        return list(tokenize(self.text)) if self._known_tokens is None else self._known_tokens

    @cached_property
    def closing(self) -> _Closing:
        """Return the positions of closing brackets, by those of the opening ones."""
        closing, opened = _Closing(), list[int]()
        for at, token in enumerate(self.tokens):
            if token.kind is not TokenKind.SIGN:
                continue
            if token.text in _OPENING:
                opened.append(at)
            elif token.text in _CLOSING:
                if not opened:
                    raise MalformedTextError(f"{token.text} at character {token.start} closes nothing.")
                closing[opened.pop()] = at
        return closing

    def part(self, begin: int, end: int) -> TokenizedText:
        """Return the text of the tokens from `begin` to before `end` as a separate text, without lexing it again."""
        offset = self.tokens[begin].start
        moved = (token._replace(start=token.start - offset, end=token.end - offset) for token in self.tokens[begin:end])
        return TokenizedText(self.raw(begin, end), list(moved))

    def outside_brackets(self, begin: int, end: int | None = None) -> Iterator[int]:
        """Yield the positions from `begin` to before `end` outside brackets, including those of opening brackets."""
        at, stop, closing = begin, len(self.tokens) if end is None else end, self.closing
        while at < stop:
            yield at
            at = closing.get(at, at) + 1

    def end_of_operation(self, begin: int) -> int:
        """Return the position of the semicolon that ends an operation of an update, or of the end of the text."""
        ends = (at for at in self.outside_brackets(begin) if self.tokens[at].is_sign(";"))
        return next(ends, len(self.tokens))

    def raw(self, begin: int, end: int) -> str:
        """Return the text of the tokens from `begin` to before `end`."""
        return self.text[self.tokens[begin].start : self.tokens[end - 1].end] if end > begin else ""

    def next_sign(self, at: int, sign: str) -> int:
        """Return the position of the next occurrence of a sign. Raises MalformedTextError if none follows."""
        while at < len(self.tokens) and not self.tokens[at].is_sign(sign):
            at += 1
        # Past the end, this look-up raises the error.
        return at if at < len(self.tokens) else self.closing[at]

    def end_outside_groups(self, at: int) -> int:
        """Return the position after a token outside groups, or after the whole group or VALUES that it begins."""
        # The braces of VALUES hold data: taken for a group, they would be read as patterns.
        if self.tokens[at].is_word("VALUES"):
            return self.closing[self.next_sign(at, "{")] + 1
        return self.closing[at] + 1 if self.tokens[at].is_sign("{") else at + 1

    def end_of_element(self, at: int, end: int) -> int:
        """Return the position after an element of a group."""
        token = self.tokens[at]
        if token.is_word("GRAPH"):
            # GRAPH, its name as one token, and the group.
            return self.closing[at + 2] + 1
        if token.is_word("FILTER", "BIND"):
            # FILTER EXISTS and FILTER NOT EXISTS end with a group, any other FILTER and BIND with a parenthesis.
            by_group = self.tokens[at + 1].is_word("EXISTS", "NOT")
            return self.closing[self.next_sign(at, "{" if by_group else "(")] + 1
        return self.end_of_block(at, end) if self.begins_block(at) else self.end_outside_groups(at)

    def begins_block(self, at: int) -> bool:
        """Return whether triples begin at a position in a group."""
        token = self.tokens[at]
        # A sign is a token separate from its number, since `?a-1` is a subtraction.
        return token.kind in _TERMS or token.is_sign("(", "[", "+", "-") or token.is_word("TRUE", "FALSE")

    def end_of_block(self, begin: int, end: int) -> int:
        """Return the position after the block of triples that begins at `begin`."""
        tokens, closing, at = self.tokens, self.closing, begin
        while at < end:
            kind, text = tokens[at][:2]
            if (kind is TokenKind.WORD and text.upper() in _KEYWORDS) or (kind is TokenKind.SIGN and text == "{"):
                return at
            at = closing.get(at, at) + 1
        return end

    def elements(self, opening: int, end: int) -> Iterator[int]:
        """Yield the positions at which the elements of a group begin, up to `end`."""
        at = opening + 1
        while at < end:
            yield at
            at = self.end_of_element(at, end)

    def certain_variables(self, opening: int, before: int | None = None) -> set[str]:
        """Return the variables that a group's own triples (those before `before`) bind in every solution."""
        end = self.closing[opening] if before is None else before
        blocks = [(at, self.end_of_block(at, end)) for at in self.elements(opening, end) if self.begins_block(at)]
        block_tokens = (token for begin, stop in blocks for token in self.tokens[begin:stop])
        return variables_in(block_tokens)

    def is_call(self, at: int) -> bool:
        """Return whether the next token opens a parenthesis that is closed."""
        return at + 1 < len(self.tokens) and self.tokens[at + 1].is_sign("(") and at + 1 in self.closing

    def arguments(self, opening: int) -> list[TokenSpan]:
        """Return the arguments between parentheses, separated by commas or semicolons."""
        begin, closing, spans = opening + 1, self.closing[opening], list[TokenSpan]()
        for at in self.outside_brackets(begin, closing):
            if self.tokens[at].is_sign(",", ";"):
                spans.append((begin, at))
                begin = at + 1
        return [*spans, (begin, closing)] if closing > opening + 1 else spans

    def enclosing_brackets(self, at: int) -> list[int]:
        """Return the opening brackets around a token, from the outermost to the innermost."""
        return [opening for opening, closing in sorted(self.closing.items()) if opening < at < closing]

    def enclosing_brace(self, at: int) -> int:
        """Return the innermost brace around a token, or -1 if it is outside all braces."""
        return next(
            (opening for opening in reversed(self.enclosing_brackets(at)) if self.tokens[opening].is_sign("{")), -1
        )

    def is_clause(self, level: int) -> bool:
        """Return whether a brace, or the text outside all braces (-1), holds the clauses of a query, not a group."""
        return level < 0 or self.tokens[level + 1].is_word("SELECT")

    def clause(self, level: int) -> Iterator[int]:
        """Yield the positions of a query's own tokens outside all brackets, opening ones included."""
        return self.outside_brackets(level + 1, self.closing.get(level, len(self.tokens)))

    def group_of_clause(self, level: int) -> int | None:
        """Return the position at which the WHERE group of a query begins, or None."""
        group = None
        for at in self.clause(level):
            # VALUES, and EXISTS in ORDER BY, have braces too, but these are not WHERE.
            if group is not None and self.tokens[at].is_word(*_MODIFIERS):
                break
            group = at if self.tokens[at].is_sign("{") else group
        return group

    def values_of_clause(self, level: int) -> TokenSpan | None:
        """Return the span of the VALUES at the end of a query, which joins with all solutions of its WHERE."""
        places = self.clause(level)
        begin = next((at for at in places if self.tokens[at].is_word("VALUES")), None)
        block = next((at for at in places if self.tokens[at].is_sign("{")), None)
        return None if begin is None or block is None else (begin, self.closing[block] + 1)


def variables_in(tokens: Iterable[Token]) -> set[str]:
    """Return the names of the variables among tokens."""
    return {token.text[1:] for token in tokens if token.kind is TokenKind.VARIABLE}
