"""A patch of one graph: an update whose default graph is that graph (Graph Store HTTP Protocol, section 5.7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.errors import PatchError, QuerySyntaxError
from kg.sparql.lexer import Token, tokens, unescaped

PROLOGUE = {"BASE": 2, "PREFIX": 3}
"""How many tokens a declaration has."""


def scoped(text: str, graph: str) -> str:
    """Return an update that does to a named graph what the text does to the default graph.

    PatchError where the text manages whole graphs, or names graphs by itself.
    """
    text = unescaped(text)
    parts, position = [], 0
    for start, inserted in _insertions(list(tokens(text)), graph):
        parts += [text[position:start], inserted]
        position = start
    return "".join((*parts, text[position:]))


def _insertions(read: Sequence[Token], graph: str) -> Iterator[tuple[int, str]]:
    """Yield what to insert and where: GRAPH around a block of data, WITH before an operation that has a WHERE."""
    at = 0
    while at < len(read):
        if read[at].is_word(*PROLOGUE):
            at += PROLOGUE[read[at].text.upper()]
            continue
        if not read[at].is_word("INSERT", "DELETE"):
            raise PatchError(
                f"{read[at].text} stands in a patch: expected INSERT or DELETE of its graph's own triples."
            )
        end = _end(read, at)
        _refuse_graphs(read[at:end])
        if at + 1 < end and read[at + 1].is_word("DATA", "WHERE"):
            yield read[_opening(read, at)].end, f" GRAPH <{graph}> {{"
            yield read[end - 1].start, "} "
        else:
            yield read[at].start, f"WITH <{graph}> "
        at = end + 1


def _end(read: Sequence[Token], start: int) -> int:
    """Return the position after an operation's last token: of a semicolon outside brackets, or of the text's end."""
    depth = 0
    for at in range(start, len(read)):
        depth += read[at].is_sign("{", "(", "[") - read[at].is_sign("}", ")", "]")
        if depth == 0 and read[at].is_sign(";"):
            return at
    return len(read)


def _opening(read: Sequence[Token], start: int) -> int:
    for at in range(start, len(read)):
        if read[at].is_sign("{"):
            return at
    raise QuerySyntaxError(f"{read[start].text} is not followed by a block in brackets.")


def _refuse_graphs(operation: Sequence[Token]) -> None:
    for token in operation:
        if token.is_word("GRAPH", "WITH", "USING"):
            raise PatchError(f"{token.text} stands in a patch, which is of one graph: the one that the request names.")
