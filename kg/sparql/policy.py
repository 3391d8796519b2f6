"""The policy for requests: no connections or files, and no texts that would overflow the engine's stack.

The engine opens connections for SERVICE and LOAD, with no option to turn this off, and its parser accepts keywords
without a space beside them (`trueSERVICE<…>`, `SERVICEex:a{`), against SPARQL's rule of the longest token. Its parser
and evaluator recurse, and a stack overflow ends the whole process: each nesting or chained operator costs up to 10 kB
of stack, so the limits below stay under half of `kg.store.engine_thread.STACK` (tested at the limit).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from kg.bracket_nesting import too_deep
from kg.errors import ForbiddenError
from kg.namespaces import SEARCH
from kg.sparql.lexer import Token, TokenKind, place_in, syntax_error, tokenize
from kg.sparql.tokenized_text import TokenizedText

MAX_DEPTH = 200
"""The maximum nesting depth of brackets of all kinds in a query or update."""
MAX_TERM = 1_000_000
"""The maximum length of a literal or a name in a query or update, in characters."""
MAX_OPERATORS = 3000
"""The maximum number of keywords and signs that the engine's parser chains or nests (UNION, OPTIONAL, `||`, `/` …)."""

_CLOSING = {"{": "}", "(": ")", "[": "]"}
_BRACKETS = frozenset((*_CLOSING, *_CLOSING.values()))
_WEIGHING = (TokenKind.SIGN, TokenKind.WORD, TokenKind.IRI)
_CHAINED = {"UNION", "OPTIONAL", "MINUS", "BIND", "AS", "FILTER", "GRAPH", "EXISTS", "SELECT", "VALUES", "LATERAL"}
_OPERATORS = frozenset("+-*/|^!&(")
_TERMS = {TokenKind.IRI, TokenKind.NAME, TokenKind.VARIABLE}
_OPERANDS = _TERMS | {TokenKind.STRING, TokenKind.NUMBER, TokenKind.LANGUAGE, TokenKind.BLANK}
_SCHEME = re.compile(r"[A-Za-z][\w.\-]*:")
_TOUCHING = re.compile(r"service", re.IGNORECASE)
_AFTER_DOT = re.compile(r"\.service", re.IGNORECASE)


def allowed_text(text: str) -> TokenizedText:
    """Return a text with its tokens. Raises as `limited_text` does, and ForbiddenError if it has a SERVICE."""
    tokenized = limited_text(text)
    _refuse_services(text, tokenized.tokens)
    return tokenized


def refuse_deep_nesting(text: str) -> None:
    """Raise ForbiddenError if brackets nest too deeply; a quick check before any other work on the text."""
    # The lexer refuses surrogates and reports their position, so they must not be an error here.
    data = text.encode("utf-8", "surrogatepass")
    place = too_deep(data, MAX_DEPTH)
    if place is not None:
        raise _depth_error(place_in(text, len(data[:place].decode("utf-8", "surrogatepass"))))


def _refuse_services(text: str, tokens: Sequence[Token]) -> None:
    # Most texts do not contain the word, so their tokens need not be examined.
    if "service" not in text.lower():
        return
    for position, token in enumerate(tokens):
        if "service" in token.text.lower() and _may_be_service(tokens, position):
            searched = " Only a server's own endpoint has search:index, in queries." if str(SEARCH) in text else ""
            fault = "asks for a connection to another endpoint, which is never made."
            raise ForbiddenError(f"SERVICE at {place_in(text, token.start)} {fault}{searched}")


def _may_be_service(tokens: Sequence[Token], position: int) -> bool:
    """Return whether the engine could read this token, or part of it, as the keyword SERVICE."""
    token = tokens[position]
    if token.kind is TokenKind.WORD:
        return True
    # After these, the grammar allows only a name, whatever its text.
    if position and tokens[position - 1].is_word("GRAPH", "FROM", "NAMED", "USING", "WITH", "INTO", "TO", "PREFIX"):
        return False
    may_hide = token.kind in (TokenKind.NAME, TokenKind.BLANK, TokenKind.LANGUAGE)
    return may_hide and _hides_service(token) and _opens_group(tokens, position + 1)


def _hides_service(token: Token) -> bool:
    if token.kind is TokenKind.NAME:
        prefix, _, local = token.text.partition(":")
        return bool(_TOUCHING.search(prefix) or _AFTER_DOT.search(local))
    return bool(_TOUCHING.search(token.text))


def _opens_group(tokens: Sequence[Token], position: int) -> bool:
    """Return whether `{` follows, optionally after an endpoint's name."""
    following = list(tokens[position : position + 3])
    if following and following[0].is_word("SILENT"):
        del following[0]
    if following and following[0].kind in _TERMS:
        del following[0]
    return bool(following) and following[0].is_sign("{")


def limited_text(text: str) -> TokenizedText:
    """Return a text with its tokens. Raises ForbiddenError beyond limits, QuerySyntaxError if brackets do not match."""
    # A text is refused as soon as it exceeds a limit, however much follows.
    # One pass checks all limits: tokenising is half the cost of reading a query (decision 0023).
    tokens, opened, prefixes = list[Token](), list[Token](), set[str]()
    operators, previous, is_declared = 0, None, False
    for token in tokenize(text):
        kind, written, start, end = token
        if kind is TokenKind.SIGN and written in _BRACKETS:
            _match_bracket(text, token, opened)
        elif is_declared:
            prefixes.add(written)
        elif kind is TokenKind.IRI and opened and opened[-1].text == "(":
            _refuse_ambiguity(text, token, previous, prefixes)
        if kind in _WEIGHING:
            operators += _weight(kind, written)
        if end - start > MAX_TERM or len(opened) > MAX_DEPTH or operators > MAX_OPERATORS:
            raise _limit_error(text, token, len(opened))
        tokens.append(token)
        previous, is_declared = token, kind is TokenKind.WORD and written.upper() == "PREFIX"
    if opened:
        raise syntax_error(text, opened[-1].start, f"{opened[-1].text} is never closed")
    return TokenizedText(text, tokens)


def _limit_error(text: str, token: Token, depth: int) -> ForbiddenError:
    """Return the error for the limit that is exceeded at a token."""
    where = place_in(text, token.start)
    if token.end - token.start > MAX_TERM:
        return ForbiddenError(f"A term at {where} has more than {MAX_TERM:,} characters, the limit.")
    if depth > MAX_DEPTH:
        return _depth_error(where)
    return ForbiddenError(f"More than {MAX_OPERATORS} operators up to {where}; send a smaller request.")


def _depth_error(where: str) -> ForbiddenError:
    return ForbiddenError(f"Brackets nest deeper than {MAX_DEPTH} at {where}: {MAX_DEPTH} is the limit.")


def _weight(kind: TokenKind, written: str) -> int:
    """Count the operators in a token; the engine may read an IRI as a comparison, so operators in IRIs count too."""
    if kind is TokenKind.SIGN:
        # Each group is a nested call of the parser, like an operator.
        return written in _OPERATORS or written == "{"
    if kind is TokenKind.WORD:
        return written.upper() in _CHAINED
    return sum(map(written.count, "(!&|"))


def _match_bracket(text: str, token: Token, opened: list[Token]) -> None:
    """Record an opening bracket, or match a closing one. Raises QuerySyntaxError if the brackets do not match."""
    if token.text in _CLOSING:
        opened.append(token)
        return
    if not opened:
        raise syntax_error(text, token.start, f"{token.text} closes nothing that is open")
    opening = opened.pop()
    if (closing := _CLOSING[opening.text]) != token.text:
        to_close = f'to close "{opening.text}" at {place_in(text, opening.start)}'
        raise syntax_error(text, token.start, f'{token.text} stands where "{closing}" was expected, {to_close}')


def _refuse_ambiguity(text: str, token: Token, previous: Token | None, prefixes: AbstractSet[str]) -> None:
    """Refuse `?a<?b#>`, an IRI by SPARQL's longest-token rule but a comparison and a comment to the engine."""
    inside, hash_sign, _ = token.text[1:].partition("#")
    scheme = _SCHEME.match(inside)
    # If it has an authority, or a scheme that is not a declared prefix, the engine reads an IRI too.
    if not hash_sign or "//" in inside or (scheme and scheme.group() not in prefixes) or previous is None:
        return
    if previous.kind in _OPERANDS or previous.is_word("TRUE", "FALSE") or previous.is_sign(")"):
        raise syntax_error(text, token.start, f"{token.text} may be an IRI or a comparison; put a space after <")
