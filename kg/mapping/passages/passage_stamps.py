"""The stamps of passages, which `kg anchor` writes into a document."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kg.errors import Location
from kg.mapping.documents.yaml_document import YamlMapping
from kg.mapping.passages.text_spans import TextSpan

NO_LOCATION = Location(Path())
"""The location of a stamp that was read from a graph rather than a document."""


@dataclass(frozen=True)
class PassageStamp:
    """What `kg anchor` wrote about one passage."""

    span: TextSpan
    digest: str
    fragment: str
    location: Location = NO_LOCATION
    paragraph: str = ""
    """The number of its paragraph; empty in documents that were anchored before version 0.4."""


def read_stamps(root: YamlMapping) -> dict[TextSpan, PassageStamp]:
    """Return the stamps of a document by passage."""
    block = root.nodes.get("passages")
    if not isinstance(block, YamlMapping):
        return {}
    stamps = {}
    for key, stamp in block.nodes.items():
        span = TextSpan.read(key)
        if span is not None and isinstance(stamp, YamlMapping):
            digest, fragment, paragraph = map(stamp.text_of, ("digest", "fragment", "paragraph"))
            stamps[span] = PassageStamp(span, digest, fragment, block.keys[key].location, paragraph)
    return stamps
