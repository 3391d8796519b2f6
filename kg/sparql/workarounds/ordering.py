"""ORDER BY, MIN and MAX rewritten so that the engine sorts by a total order (see `total_order`).

A variable is sorted by expressions that the engine evaluates itself where it can, once per solution: the kind of the
value, the value as a double, and the value as a decimal, because the engine rounds when it compares integers beyond
2**53 with doubles. Only values other than IRIs, blank nodes, numbers, strings and dateTimes need a call into Python. A
variable that is the subject of a triple in every solution is never a literal, so one expression sorts it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise

from kg.datatypes import XSD
from kg.sparql.lexer import Token, TokenKind, syntax_error
from kg.sparql.token_edits import Edits
from kg.sparql.tokenized_text import MalformedTextError, TokenizedText, TokenSpan
from kg.sparql.triple_patterns import certain_subjects
from kg.sparql.workarounds.ordered_values import MOMENTS
from kg.sparql.workarounds.total_order import BLANK, IRI, MOMENT, NUMBER, OTHER_MOMENT, TEXT, Extreme, rank, sort_key

_RANK, _KEY = "<urn:communique:rank>", "<urn:communique:sort-key>"
_MIN, _MAX = "<urn:communique:min>", "<urn:communique:max>"
_NAMES = {"MIN": _MIN, "MAX": _MAX}
_DATETIME, _UTC = f"<{XSD}dateTime>", f'"PT0S"^^<{XSD}dayTimeDuration>'
_STRINGS = f"<{XSD}string>, <http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>"
_KIND = (
    # NaN is numeric, but not equal to itself. YEAR is an error for a dateTime that has no value in the engine.
    f'IF(isNumeric({{v}}) && {{v}} = {{v}}, "{NUMBER}", IF(isIRI({{v}}), CONCAT("{IRI}", STR({{v}})), '
    f'IF(isBlank({{v}}), "{BLANK}", IF(DATATYPE({{v}}) IN ({_STRINGS}), CONCAT("{TEXT}", STR({{v}})), '
    f'IF(DATATYPE({{v}}) = {_DATETIME}, COALESCE(IF(YEAR({{v}}) = 0, "{MOMENT}", "{MOMENT}"), '
    "{rank}), {rank})))))"
)
_OUR_RANK = f"{_RANK}({{v}})"
_MOMENTS = ", ".join(f"<{name}>" for name in MOMENTS)
_RANK_ELSEWHERE = (
    f'CONCAT(IF(DATATYPE({{v}}) IN ({_MOMENTS}), CONCAT("{OTHER_MOMENT}", STR(DATATYPE({{v}}))), "{TEXT}"), STR({{v}}))'
)
"""A rank without our functions: by lexical form within a datatype."""
_VALUE = (
    f"IF(isNumeric({{v}}), <{XSD}double>({{v}}), IF(isLiteral({{v}}), IF(DATATYPE({{v}}) = {_DATETIME}, "
    f'IF(TZ({{v}}) = "", ADJUST({{v}}, {_UTC}), {{v}}), LANG({{v}})), IF(isBlank({{v}}), {{v}}, 0)))'
)
_EXACT_VALUE = f"IF(isNumeric({{v}}), <{XSD}decimal>({{v}}), 0)"
_TEXTS = ("STR", "LCASE", "UCASE", "CONCAT", "SUBSTR", "STRBEFORE", "STRAFTER", "LANG", "TZ", "GROUP_CONCAT", "STRUUID")
_HASHES = ("MD5", "SHA1", "SHA256", "SHA384", "SHA512", "ENCODE_FOR_URI")
_COUNTS = ("STRLEN", "COUNT", "RAND", "YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "SECONDS")
_TESTS = ("BOUND", "CONTAINS", "STRSTARTS", "STRENDS", "LANGMATCHES", "REGEX", "SAMETERM")
_SUBJECT = f'IF(isIRI({{v}}), CONCAT("{IRI}", STR({{v}})), {{v}})'
"""The sort key of IRIs and blank nodes: computed strings compare in memory, while the engine reads IRIs from disk."""
_ORDERED = (*_TEXTS, *_HASHES, *_COUNTS, *_TESTS)
"""Functions whose values the engine can order, since all are strings, exact numbers or booleans."""


def rewrite_order(edits: Edits) -> None:
    """Rewrite every ORDER BY, MIN and MAX. Raises QuerySyntaxError at run-together keywords that the engine accepts."""
    for at, token in enumerate(edits.tokens):
        if token.is_word("MIN", "MAX"):
            _rewrite_aggregate(edits, at)
    for span, inner in _unordered_conditions(edits):
        if _is_variable(edits, inner):
            edits.replace(span, _by_term(edits, span, inner, _OUR_RANK))
        else:
            edits.wrap(inner, f"{_KEY}(", ")")


def with_total_order(query: TokenizedText) -> TokenizedText:
    """Return a query that the engine's own server can sort without our functions. Raises as `rewrite_order` does."""
    edits = Edits(query)
    for span, inner in _unordered_conditions(edits):
        edits.replace(span, _by_term(edits, span, inner, _RANK_ELSEWHERE))
    return edits.result()


def _unordered_conditions(edits: Edits) -> Iterator[tuple[TokenSpan, TokenSpan]]:
    """Yield the spans of ORDER BY conditions whose values may have no order, each with the span of its expression."""
    for at, token in enumerate(edits.tokens):
        if token.is_word("ORDER") and at + 1 < len(edits.tokens) and edits.tokens[at + 1].is_word("BY"):
            place = at + 2
            while (condition := _condition(edits, place)) is not None:
                inner = condition[1]
                if not (_names_ordered(edits, inner[0]) if _is_variable(edits, inner) else _is_ordered(edits, inner)):
                    yield condition
                place = condition[0][1]
        elif token.kind is TokenKind.WORD and _hides_order(token.text.upper(), edits.tokens[at - 1]):
            raise syntax_error(edits.text, token.start, f"{token.text} holds ORDER BY; put spaces around its words")


def _hides_order(word: str, before: Token) -> bool:
    # The engine accepts run-together keywords: it would sort by a condition that was not rewritten, and may panic.
    return word.startswith("ORDERBY") or (word.startswith("BY") and word != "BY" and before.is_word("ORDER"))


def _rewrite_aggregate(edits: Edits, at: int) -> None:
    if not edits.is_call(at):
        return
    begin, end = at + 2, edits.closing[at + 1]
    begin += edits.tokens[begin].is_word("DISTINCT")  # changes neither the minimum nor the maximum
    if begin < end and len(edits.arguments(at + 1)) == 1 and not edits.tokens[begin].is_sign("*"):
        edits.replace((at, begin), f"{_NAMES[edits.tokens[at].text.upper()]}(")


def _is_variable(edits: Edits, inner: TokenSpan) -> bool:
    return inner[1] - inner[0] == 1 and edits.tokens[inner[0]].kind is TokenKind.VARIABLE


def _condition(edits: Edits, at: int) -> tuple[TokenSpan, TokenSpan] | None:
    """Return the spans of a condition and of its expression, or None if no condition begins here."""
    if at >= len(edits.tokens):
        return None
    token = edits.tokens[at]
    if token.kind is TokenKind.VARIABLE:
        return (at, at + 1), (at, at + 1)
    if token.is_sign("("):
        return (at, edits.closing[at] + 1), (at + 1, edits.closing[at])
    if token.is_word("EXISTS", "NOT"):
        opening = next((place for place in range(at, at + 3) if place in edits.closing), None)
        return None if opening is None else ((at, edits.closing[opening] + 1), (at, edits.closing[opening] + 1))
    if (
        token.kind not in (TokenKind.WORD, TokenKind.IRI, TokenKind.NAME)
        or token.is_word("VALUES")
        or not edits.is_call(at)
    ):
        return None
    end = edits.closing[at + 1]
    return (at, end + 1), (at + 2, end) if token.is_word("ASC", "DESC") else (at, end + 1)


def _by_term(edits: Edits, span: TokenSpan, inner: TokenSpan, rank: str) -> str:
    """Return the conditions that replace the one in a span, sorting by the value of its expression."""
    direction = "DESC" if edits.tokens[span[0]].is_word("DESC") else ""
    term = edits.raw(*inner) if _is_variable(edits, inner) else f"({edits.raw(*inner)})"
    keys = (_SUBJECT,) if _is_subject(edits, inner) else (_KIND, _VALUE, _EXACT_VALUE)
    conditions = (condition.format(v=term, rank=rank.format(v=term)) for condition in keys)
    return " ".join(f"{direction}({condition})" for condition in conditions)


def _is_subject(edits: Edits, inner: TokenSpan) -> bool:
    """Return whether an expression is a variable that the query's own triples bind to an IRI or a blank node."""
    if not _is_variable(edits, inner):
        return False
    name = edits.tokens[inner[0]].text[1:]
    # Grouped solutions have only the group's values: SELECT or GROUP BY may give one of them the name of a subject.
    if any(word.is_word("AS") and token.text[1:] == name for word, token in pairwise(edits.tokens)):
        return False
    group = edits.group_of_clause(edits.enclosing_brace(inner[0]))
    # If the text does not parse, the engine reports it.
    with suppress(MalformedTextError):
        return group is not None and name in certain_subjects(edits, group)
    return False


def _names_ordered(edits: Edits, at: int) -> bool:
    """Return whether a variable is bound to a call whose values the engine can order, as in `(COUNT(*) AS ?n)`."""
    # It has to occur there and here only: in another scope, the same name may be a different variable.
    name = edits.tokens[at].text[1:]
    places = [
        place
        for place, token in enumerate(edits.tokens)
        if token.kind is TokenKind.VARIABLE and token.text[1:] == name and place != at
    ]
    if len(places) != 1 or not edits.tokens[places[0] - 1].is_word("AS"):
        return False
    opening = next(
        (opening for opening in reversed(edits.enclosing_brackets(places[0])) if opening in edits.closing), None
    )
    return opening is not None and _is_ordered(edits, (opening + 1, places[0] - 1))


def _is_ordered(edits: Edits, inner: TokenSpan) -> bool:
    """Return whether the engine can order an expression's values: a call whose values are of one kind."""
    begin, end = inner
    token = edits.tokens[begin]
    if token.is_word("EXISTS", "NOT"):
        return True
    return token.is_word(*_ORDERED) and edits.is_call(begin) and edits.closing[begin + 1] == end - 1


KEYS = {_RANK: rank, _KEY: sort_key}
EXTREMES = {_MIN: lambda: Extreme(greatest=False), _MAX: lambda: Extreme(greatest=True)}
