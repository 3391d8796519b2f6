"""Named people and organizations of the GUM corpus, to measure a draft by."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

CONLLU_COLUMNS = 10
PART = re.compile(r"\((?P<open>\d+)-(?P<kind>[a-z]+)(?P<rest>-[^()]*)|(?P<close>\d+)\)|(?P<end>\))")


@dataclass
class GumEntity:
    """One person or organization of a document, with the offsets of the proper nouns that head its mentions."""

    kind: str
    heads: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class GumDocument:
    """The text of a document, and the named people and organizations in it."""

    name: str
    text: str
    entities: list[GumEntity]


@dataclass
class _Token:
    number: str
    start: int
    end: int
    tag: str
    fine_tag: str
    head: str
    relation: str


def read_gum(file: Path) -> GumDocument:
    """Read a document of GUM in CoNLL-U."""
    parts: list[str] = []
    length = 0
    entities: dict[str, GumEntity] = {}
    open_mentions: list[tuple[str, str, list[_Token]]] = []
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("# newpar") and "block" not in line and parts:
            parts.append("\n")
            length += 1
        columns = line.split("\t")
        if len(columns) != CONLLU_COLUMNS or not columns[0].isdigit():
            continue
        token = _Token(columns[0], length, length + len(columns[1]), columns[3], columns[4], columns[6], columns[7])
        space = "" if "SpaceAfter=No" in columns[9] else " "
        parts.append(columns[1] + space)
        length += len(columns[1] + space)
        annotation = re.search(r"(?:^|\|)Entity=([^|]*)", columns[9])
        closing = _read_entities(annotation[1] if annotation else "", open_mentions)
        for _, _, tokens in [*open_mentions, *closing]:
            tokens.append(token)
        for identifier, kind, tokens in closing:
            _add_mention(entities, identifier, kind, tokens)
    return GumDocument(file.stem, "".join(parts), [entity for entity in entities.values() if entity.heads])


def _read_entities(
    annotation: str, open_mentions: list[tuple[str, str, list[_Token]]]
) -> list[tuple[str, str, list[_Token]]]:
    """Open and close mentions as an annotation says, and return those that close at its token."""
    closing = []
    for match in PART.finditer(annotation):
        if match["open"]:
            open_mentions.append((match["open"], match["kind"], []))
        elif match["end"]:
            closing.append(open_mentions.pop())
        else:
            place = max(i for i, mention in enumerate(open_mentions) if mention[0] == match["close"])
            closing.append(open_mentions.pop(place))
    return closing


def _add_mention(entities: dict[str, GumEntity], identifier: str, kind: str, tokens: list[_Token]) -> None:
    """Add the name in a mention: its head, or what is flat below a head such as `musician`; peoples are no names."""
    if kind not in {"person", "organization"}:
        return
    numbers = {token.number for token in tokens}
    head = next((token for token in tokens if token.head not in numbers), tokens[-1])
    entity = entities.setdefault(identifier, GumEntity(kind))
    parts = [head] if head.tag == "PROPN" else [token for token in tokens if _is_name_of(token, head)]
    if kind == "person" and any(token.fine_tag == "NNPS" for token in parts):
        return
    if parts:
        entity.heads.append((parts[0].start, parts[0].end))


def _is_name_of(token: _Token, head: _Token) -> bool:
    return token.tag == "PROPN" and token.head == head.number and token.relation in {"flat", "appos"}
