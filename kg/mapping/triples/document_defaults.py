"""What a document need not repeat: the defaults of an article or its corpus, and the voices common to all articles."""

from __future__ import annotations

from collections.abc import Mapping

from kg.mapping.documents.yaml_document import YamlList, YamlMapping, YamlText, mappings_below, mappings_in
from kg.mapping.triples.implied_triples import SPANS, STAMP_GRADES

DEFAULTS = "defaults"
STATEMENT_KEYS = ("form", "polarity", "certainty", "tense")
TIME_KEYS = frozenset(str(key).rpartition("#")[2] for key in (*SPANS, *STAMP_GRADES))
VOICES = {"voice/article": ("the article", "article-voice"), "voice/nobody": ("nobody in particular", "nobody")}
"""The names and kinds of the voices that an article need not define, by identifier."""


def defaults_in(root: YamlMapping) -> Mapping[str, YamlText]:
    """Return the defaults in an article's document or a corpus document."""
    node = root.nodes.get(DEFAULTS)
    values = node.nodes.items() if isinstance(node, YamlMapping) else ()
    return {key: value for key, value in values if isinstance(value, YamlText)}


def add_defaults(root: YamlMapping, of_corpus: Mapping[str, YamlText]) -> None:
    """Add to an article's parsed document the defaults of itself and its corpus, and the voices that it refers to."""
    defaults = {**of_corpus, **defaults_in(root)}
    statements = mappings_in(root.nodes.get("statements"))
    for statement in statements:
        _add(statement, STATEMENT_KEYS, defaults)
    for key, section in root.nodes.items():
        for node in mappings_below(section) if key not in (DEFAULTS, "passages") else ():
            _add(node, ("grade",) if "at" in node.nodes else (), defaults)
            _add(node, ("timeGrade",) if TIME_KEYS & node.nodes.keys() else (), defaults)
    _add_voices(root, statements)


def _add(node: YamlMapping, keys: tuple[str, ...], defaults: Mapping[str, YamlText]) -> None:
    for key in keys:
        if key in defaults:
            node.nodes.setdefault(key, defaults[key])


def _add_voices(root: YamlMapping, statements: list[YamlMapping]) -> None:
    voices = root.nodes.setdefault("voices", YamlList(root.location))
    defined = {node.value for voice in mappings_in(voices) if isinstance(node := voice.nodes.get("id"), YamlText)}
    sources = [node for statement in statements if isinstance(node := statement.nodes.get("source"), YamlText)]
    for source in sources:
        if source.value in VOICES and source.value not in defined and isinstance(voices, YamlList):
            defined.add(source.value)
            name, kind = VOICES[source.value]
            texts = {"id": source.value, "name": name, "voiceKind": kind}
            keys = {key: _text(value, source) for key, value in texts.items()}
            voices.nodes.append(YamlMapping(source.location, nodes={**keys}))
    # The list that was added above: `keys` has only the file's keys.
    if isinstance(voices, YamlList) and not voices.nodes and "voices" not in root.keys:
        del root.nodes["voices"]


def _text(value: str, origin: YamlText) -> YamlText:
    """Return a text that is not in the file, at the location of the text that it follows from."""
    return YamlText(origin.location, value, origin.start, origin.end)
