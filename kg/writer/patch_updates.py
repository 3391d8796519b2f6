"""Patches of one graph: updates whose default graph is that graph (Graph Store HTTP Protocol, section 5.7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.errors import PatchError
from kg.sparql.lexer import END, Token, unescaped, unexpected
from kg.sparql.policy import allowed_text
from kg.sparql.tokenized_text import TokenizedText

TOKENS_PER_DECLARATION = {"BASE": 2, "PREFIX": 3}


def to_update(text: str, graph: str) -> str:
    """Return a patch as an update of a named graph. Raises PatchError if it manages whole graphs or names graphs."""
    text = unescaped(text)
    # The text is only extended, so that syntax errors keep their line and column.
    parts, position = [], 0
    for start, insertion in _insertions(allowed_text(text), graph):
        parts += [text[position:start], insertion]
        position = start
    return "".join((*parts, text[position:]))


def _insertions(tokenized: TokenizedText, graph: str) -> Iterator[tuple[int, str]]:
    """Yield positions and insertions: GRAPH around a block of data, WITH before an operation that has a WHERE."""
    update, index = tokenized.tokens, 0
    while index < len(update):
        if update[index].is_word(*TOKENS_PER_DECLARATION):
            index += TOKENS_PER_DECLARATION[update[index].text.upper()]
            continue
        if not update[index].is_word("INSERT", "DELETE"):
            raise PatchError(f"{update[index].text} in a patch: expected INSERT or DELETE of its graph's own triples.")
        end = tokenized.end_of_operation(index)
        _refuse_graphs(update[index:end])
        if index + 1 < end and update[index + 1].is_word("DATA", "WHERE"):
            opening = update[index + 2] if index + 2 < len(update) else END
            if not opening.is_sign("{"):
                raise unexpected(tokenized.text, opening, "{")
            yield opening.end, f" GRAPH <{graph}> {{"
            # Such an operation ends with the closing brace of its block.
            yield update[end - 1].start, "} "
        else:
            yield update[index].start, f"WITH <{graph}> "
        index = end + 1


def _refuse_graphs(operation: Sequence[Token]) -> None:
    for token in operation:
        if token.is_word("GRAPH", "WITH", "USING"):
            raise PatchError(f"{token.text} in a patch: expected only the graph that the request names.")
