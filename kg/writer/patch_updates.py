"""Patches of one graph: updates whose default graph is that graph (Graph Store HTTP Protocol, section 5.7)."""

from __future__ import annotations

from collections.abc import Sequence

from kg.errors import PatchError
from kg.sparql.lexer import END, Token, unescaped, unexpected
from kg.sparql.policy import allowed_text
from kg.sparql.token_edits import Edits

TOKENS_PER_DECLARATION = {"BASE": 2, "PREFIX": 3}


def to_update(text: str, graph: str) -> str:
    """Return a patch as an update of a named graph. Raises PatchError if it manages whole graphs or names graphs.

    It has GRAPH around each block of data, and WITH before an operation that has a WHERE.
    """
    # The text is only extended, so that syntax errors keep their line and column.
    edits, index = Edits(allowed_text(unescaped(text))), 0
    update = edits.tokens
    while index < len(update):
        if update[index].is_word(*TOKENS_PER_DECLARATION):
            index += TOKENS_PER_DECLARATION[update[index].text.upper()]
            continue
        if not update[index].is_word("INSERT", "DELETE"):
            raise PatchError(f"{update[index].text} in a patch: expected INSERT or DELETE of its graph's own triples.")
        end = edits.end_of_operation(index)
        _refuse_graphs(update[index:end])
        if index + 1 < end and update[index + 1].is_word("DATA", "WHERE"):
            opening = update[index + 2] if index + 2 < len(update) else END
            if not opening.is_sign("{"):
                raise unexpected(edits.text, opening, "{")
            edits.insert_after(index + 2, f" GRAPH <{graph}> {{")
            # Such an operation ends with the closing brace of its block.
            edits.insert_before(end - 1, "} ")
        else:
            edits.insert_before(index, f"WITH <{graph}> ")
        index = end + 1
    return edits.result().text


def _refuse_graphs(operation: Sequence[Token]) -> None:
    for token in operation:
        if token.is_word("GRAPH", "WITH", "USING"):
            raise PatchError(f"{token.text} in a patch: expected only the graph that the request names.")
