"""`kg anchor`: an author's words for passages become offsets, and digests are stamped, in the file and in place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kg.errors import Location, MappingError, Problem
from kg.mapping.passage_stamps import PassageStamp, PassageState, locate_passage, read_stamps
from kg.mapping.source_texts import SourceText, read_source_texts
from kg.mapping.stamp_writer import stamped, write
from kg.mapping.text_copies import find_copy
from kg.mapping.text_folding import is_cluster_edge, phrase
from kg.mapping.text_spans import OFFSETS_PATTERN, PassageWords, TextSpan
from kg.mapping.yaml_document import MappingDocument, YamlList, YamlMapping, YamlNode, YamlText, load_document

PASSAGE_KEYS = frozenset({"at", "evidence", "mention", "withoutStatement"})
MAX_CANDIDATES_SHOWN = 8
"""Candidates that an error lists."""


@dataclass(frozen=True)
class AnchoredPassage:
    """A passage value that `anchor_document` rewrote: its location, what was written there, and the offsets now."""

    location: Location
    written: str
    span: TextSpan


@dataclass(frozen=True)
class AnchorReport:
    """What `anchor_document` did; `passages` counts the distinct ones, `changed` tells whether the file was written."""

    document: Path
    source: Path
    anchored: list[AnchoredPassage]
    passages: int
    changed: bool


def anchor_document(document: Path, sources: Path) -> AnchorReport:
    """Turn the words of every passage value into offsets and stamp `digest`, `length` and `passages`.

    Comments and layout stay, and a second run changes nothing. Without the line `digest`, the document is anchored to
    another text: offsets follow the passages that their stamps describe. MappingError with every passage that is not
    found or found more than once, and then nothing is written; RequestError where there is no such folder.
    """
    loaded = load_document(document)
    values = passage_values(loaded.root)
    source = _source(loaded, values, sources)
    spans = _spans(values, source.text, {} if "digest" in loaded.root.nodes else read_stamps(loaded.root))
    new = stamped(loaded, zip(values, spans, strict=True), source)
    if new != loaded.text:
        write(document, new)
    pairs = zip(values, spans, strict=True)
    anchored = [AnchoredPassage(value.location, value.value, span) for value, span in pairs if str(span) != value.value]
    return AnchorReport(document, source.file, anchored, len(set(spans)), new != loaded.text)


def passage_values(node: YamlNode) -> list[YamlText]:
    """Return the scalars at and below a node that stand for passages, in the file's order."""
    found: list[YamlText] = []
    if isinstance(node, YamlList):
        for each in node.nodes:
            found += passage_values(each)
    elif isinstance(node, YamlMapping):
        for key, value in node.nodes.items():
            found += _scalars(value) if key in PASSAGE_KEYS else passage_values(value)
    return found


def _scalars(node: YamlNode) -> list[YamlText]:
    inner = node.nodes if isinstance(node, YamlList) else [node]
    return [each for each in inner if isinstance(each, YamlText)]


def _source(document: MappingDocument, values: list[YamlText], sources: Path) -> SourceText:
    root = document.root.nodes
    article, wanted = root.get("article"), root.get("digest")
    if not isinstance(article, YamlText) or document.root.flow:
        expected = "its keys stand one a line, one of them `article`"
        raise _fault(document.root.location, f"only an article's document can be anchored: {expected}")
    candidates = list(read_source_texts(sources))
    if isinstance(wanted, YamlText):
        matching = [each for each in candidates if each.digest == wanted.value]
        if not matching:
            found = f"no text in {sources} has the digest {wanted.value}"
            raise _fault(wanted.location, f"{found}; to anchor the document to another text, take this line out")
        return matching[0]
    copy = find_copy(document, candidates)
    return copy.text if copy else _only(article, values, sources, candidates)


def _only(article: YamlText, values: list[YamlText], sources: Path, candidates: list[SourceText]) -> SourceText:
    words = [PassageWords.read(value.value) for value in values if not OFFSETS_PATTERN.fullmatch(value.value)]
    distinct = {each.digest: each for each in candidates}
    if len(distinct) > 1 and words:
        holds = {key: sum(bool(each.find(source.text)) for each in words) for key, source in distinct.items()}
        most = max(holds.values())
        distinct = {key: source for key, source in distinct.items() if holds[key] == most}
    if len(distinct) == 1:
        return next(iter(distinct.values()))
    found = ", ".join(str(each.file) for each in list(distinct.values())[:MAX_CANDIDATES_SHOWN]) or "none"
    expected = f"exactly one text that fits is expected in {sources}, found: {found}"
    raise _fault(
        article.location, f"which text is this article's is unclear; {expected}; or give --sources the file itself"
    )


def _spans(values: list[YamlText], text: str, old: dict[TextSpan, PassageStamp]) -> list[TextSpan]:
    found = [(value, _span(value, text, old)) for value in values]
    problems = [Problem(value.location, span) for value, span in found if isinstance(span, str)]
    if problems:
        raise MappingError(problems)
    return [span for _, span in found if isinstance(span, TextSpan)]


def _span(value: YamlText, text: str, old: dict[TextSpan, PassageStamp]) -> TextSpan | str:
    """Return the span that a value stands for, or the sentence that says why there is none."""
    if OFFSETS_PATTERN.fullmatch(value.value):
        stamp = old.get(TextSpan.read(value.value) or TextSpan(0, 0))
        return _moved(stamp, text) if stamp else _offsets(value.value, text)
    words = PassageWords.read(value.value)
    found = words.find(text)
    if len(found) == 1:
        return found[0]
    if not found:
        return _absent(words, text)
    return (
        f"the words {value.value!r} are in the text {len(found)} times, at {_listed(found)};"
        " write more words, the offsets, or which of these: [1], [2] …"
    )


def _absent(words: PassageWords, text: str) -> str:
    if phrase(words.bare) is None or not words.first or words.last == "":
        return f"{words.written!r} stands here; expected words of the text, on both sides of an ellipsis."
    start = f"the words {words.written!r} are not in the text"
    if not words.find_all(text) and (inside := words.find_inside_words(text)):
        return f"{start} as whole words, but inside longer ones, at {_listed(inside)}; write whole words, or offsets."
    return f"{start}{_missing(words, text)}."


def _listed(spans: list[TextSpan]) -> str:
    return ", ".join(str(span) for span in spans[:MAX_CANDIDATES_SHOWN]) + (
        ", …" if len(spans) > MAX_CANDIDATES_SHOWN else ""
    )


def _missing(words: PassageWords, text: str) -> str:
    if words.nth is not None and (times := len(words.find_all(text))):
        return f" {words.nth} times but {times}"
    if words.last is None:
        return ""
    if not PassageWords.read(words.first).find(text):
        return f": {words.first!r} is not"
    return (
        f": {words.last!r} is not"
        if not PassageWords.read(words.last).find(text)
        else ": the last words stand before the first"
    )


def _offsets(short: str, text: str) -> TextSpan | str:
    span = TextSpan.read(short)
    if span is None:
        return f"the passage {short} is empty: its start must be less than its end."
    if span.end > len(text):
        return f"the passage {short} ends outside the text, which has {len(text)} characters."
    if split := [at for at in (span.start, span.end) if not is_cluster_edge(text, at)]:
        return f"the passage {short} begins or ends at {split[0]}, inside a character of several code points."
    if not span.of(text).strip():
        return f"the passage {short} holds nothing but white space."
    return span


def _moved(stamp: PassageStamp, text: str) -> TextSpan | str:
    """Return where a passage of another text is in this one, word for word."""
    found = locate_passage(stamp, text)
    if found.state in (PassageState.IN_PLACE, PassageState.MOVED):
        return found.spans[0]
    near = ", ".join(str(span) for span in found.spans[:MAX_CANDIDATES_SHOWN])
    shown = f" (near to it: {near})" if near else ""
    return f"the passage {stamp.span} of the text before is not in this text as it was{shown}; write its words instead."


def _fault(location: Location, message: str) -> MappingError:
    return MappingError([Problem(location, f"{message}.")])
