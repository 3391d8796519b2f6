"""`kg anchor`: replaces an author's words for passages by offsets, and stamps digests, in place in the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kg.durable_files import replace_content
from kg.errors import Location, MappingError, Problem, raise_if
from kg.mapping.documents.yaml_document import MappingDocument, YamlNode, YamlText, load_document, texts_below
from kg.mapping.passages.located_passages import UNCHANGED, LocatedPassage, locate_passages
from kg.mapping.passages.passage_stamps import read_stamps
from kg.mapping.passages.passage_words import PassageWords
from kg.mapping.passages.passage_words_files import refresh_words, write_words
from kg.mapping.passages.source_texts import SourceText, read_source_texts
from kg.mapping.passages.stamp_writer import with_stamps
from kg.mapping.passages.text_copies import find_copy
from kg.mapping.passages.text_folding import is_cluster_edge, phrase
from kg.mapping.passages.text_spans import OFFSETS_PATTERN, TextSpan

PASSAGE_KEYS = frozenset(
    {"at", "contentSpan", "cueSpan", "evidence", "insertion", "mention", "runSpan", "sourceSpan", "withoutStatement"}
)
MAX_CANDIDATES_SHOWN = 8
"""The most candidates that an error lists."""


@dataclass(frozen=True)
class AnchoredPassage:
    """A passage value that `anchor_document` rewrote: its location, its previous text and its new offsets."""

    location: Location
    written: str
    span: TextSpan


@dataclass(frozen=True)
class AnchorReport:
    """What `anchor_document` did: `passages` is the number of distinct ones, `changed` whether the file was written."""

    document: Path
    source: Path
    anchored: list[AnchoredPassage]
    passages: int
    changed: bool


def anchor_document(document: Path, sources: Path, *, words: bool = False) -> AnchorReport:
    """Turn the words of every passage value into offsets and stamp `digest`, `length` and `passages`.

    Comments and layout stay unchanged, and a second run changes nothing. If the line `digest` is missing, the document
    is anchored to another text: offsets move with the passages that their stamps describe. With `words`, the words of
    the passages are written to a file beside the text; an existing file is always updated. Raises MappingError, before
    anything is written, with every passage that is not found or found more than once, and RequestError if the folder is
    missing.
    """
    loaded = load_document(document)
    values = passage_values(loaded.root)
    source = _source_text(loaded, values, sources)
    spans = _spans(values, source.text, {} if "digest" in loaded.root.nodes else _located(loaded, source.text))
    pairs = [*zip(values, spans, strict=True)]
    new_text = with_stamps(loaded, pairs, source)
    # Editors and `kg watch` see a change even if a file is replaced by the same bytes.
    if new_text != loaded.text:
        replace_content(document, new_text)
    if words:
        write_words(spans, source)
    else:
        refresh_words(spans, source)
    anchored = [AnchoredPassage(value.location, value.value, span) for value, span in pairs if str(span) != value.value]
    return AnchorReport(document, source.file, anchored, len(set(spans)), new_text != loaded.text)


def passage_values(node: YamlNode) -> list[YamlText]:
    """Return the texts at and below a node that denote passages, in file order."""
    return [text for key, text in texts_below(node) if key in PASSAGE_KEYS]


def _source_text(document: MappingDocument, values: list[YamlText], sources: Path) -> SourceText:
    """Return the text to anchor a document to: the one with its digest, or else the one that fits best."""
    root = document.root.nodes
    article, digest = root.get("article"), root.get("digest")
    if not isinstance(article, YamlText) or document.root.flow:
        expected = "expected one key a line, among them `article`"
        raise _error(document.root.location, f"only an article's document can be anchored: {expected}")
    candidates = list(read_source_texts(sources))
    if isinstance(digest, YamlText):
        same = next((text for text in candidates if text.digest == digest.value), None)
        if same is None:
            fault = f"no text in {sources} has the digest {digest.value}"
            raise _error(digest.location, f"{fault}; to anchor the document to another text, remove this line")
        return same
    copy = find_copy(document, candidates)
    return copy.text if copy else _text_with_most_words(article, values, sources, candidates)


def _text_with_most_words(
    article: YamlText, values: list[YamlText], sources: Path, candidates: list[SourceText]
) -> SourceText:
    """Return the text that contains the most passages' words. Raises MappingError if several texts tie."""
    phrases = [PassageWords.read(value.value) for value in values if not OFFSETS_PATTERN.fullmatch(value.value)]
    # Copies of one text under several names count as one candidate.
    distinct = {text.digest: text for text in candidates}
    if len(distinct) > 1 and phrases:
        # A new document has no digest yet: only its words show which text it is about.
        counts = {digest: sum(bool(words.find(text.text)) for words in phrases) for digest, text in distinct.items()}
        most = max(counts.values())
        distinct = {digest: text for digest, text in distinct.items() if counts[digest] == most}
    if len(distinct) == 1:
        return next(iter(distinct.values()))
    files = ", ".join(str(text.file) for text in [*distinct.values()][:MAX_CANDIDATES_SHOWN]) or "none"
    expected = f"exactly one text that fits is expected in {sources}, found: {files}"
    hint = "or give --sources the file itself"
    raise _error(article.location, f"which text is this article's is unclear; {expected}; {hint}")


def _spans(values: list[YamlText], text: str, located: dict[TextSpan, LocatedPassage]) -> list[TextSpan]:
    # All values are looked up first, so that an author sees every fault at once.
    results = [(value, _span_or_fault(value, text, located)) for value in values]
    problems = [Problem(value.location, result) for value, result in results if isinstance(result, str)]
    raise_if(problems)
    return [result for _, result in results if isinstance(result, TextSpan)]


def _span_or_fault(value: YamlText, text: str, located: dict[TextSpan, LocatedPassage]) -> TextSpan | str:
    """Return the span that a value denotes, or a sentence that explains why there is none."""
    if OFFSETS_PATTERN.fullmatch(value.value):
        # Offsets into another text are moved by their stamps; without a stamp they are taken as offsets into this one.
        passage = located.get(TextSpan.read(value.value) or TextSpan(0, 0))
        return _moved_span(passage) if passage else _span_of_offsets(value.value, text)
    words = PassageWords.read(value.value)
    spans = words.find(text)
    if len(spans) == 1:
        return spans[0]
    if not spans:
        return _not_found(words, text)
    return (
        f"the words {value.value!r} are in the text {len(spans)} times, at {_listed(spans)};"
        " write more words, the offsets, or which of these: [1], [2] …"
    )


def _not_found(words: PassageWords, text: str) -> str:
    if phrase(words.bare) is None or not words.first or words.last == "":
        return f"found {words.written!r}; expected words of the text, on both sides of an ellipsis."
    fault = f"the words {words.written!r} are not in the text"
    if not words.find_all(text) and (inside := words.find_inside_words(text)):
        return f"{fault} as whole words, but inside longer ones, at {_listed(inside)}; write whole words, or offsets."
    return f"{fault}{_missing_part(words, text)}."


def _listed(spans: list[TextSpan]) -> str:
    shown = [str(span) for span in spans[:MAX_CANDIDATES_SHOWN]]
    return ", ".join(shown if len(shown) == len(spans) else [*shown, "…"])


def _missing_part(words: PassageWords, text: str) -> str:
    if words.nth is not None and (times := len(words.find_all(text))):
        return f" {words.nth} times but {times}"
    if words.last is None:
        return ""
    for part in (words.first, words.last):
        if not PassageWords.read(part).find(text):
            return f": {part!r} is not"
    return ": the last words come before the first"


def _span_of_offsets(short: str, text: str) -> TextSpan | str:
    span = TextSpan.read(short)
    if span is None:
        return f"the passage {short} is empty: its start must be less than its end."
    if span.end > len(text):
        return f"the passage {short} ends outside the text, which has {len(text)} characters."
    if split := [offset for offset in (span.start, span.end) if not is_cluster_edge(text, offset)]:
        return f"the passage {short} begins or ends at {split[0]}, inside a character of several code points."
    if not span.of(text).strip():
        return f"the passage {short} contains nothing but white space."
    return span


def _located(document: MappingDocument, text: str) -> dict[TextSpan, LocatedPassage]:
    length = document.value_of("length")
    passages = locate_passages(read_stamps(document.root).values(), text, int(length) if length.isdecimal() else None)
    return {passage.stamp.span: passage for passage in passages}


def _moved_span(passage: LocatedPassage) -> TextSpan | str:
    """Return where a passage of another text is in this one, or a sentence if it is not there unchanged."""
    if passage.state in UNCHANGED:
        return passage.spans[0]
    similar = ", ".join(str(span) for span in passage.spans[:MAX_CANDIDATES_SHOWN])
    hint = f" (similar: {similar})" if similar else ""
    fault = f"the passage {passage.stamp.span} of the previous text is not found unchanged in this text{hint}"
    return f"{fault}; write its words instead."


def _error(location: Location, message: str) -> MappingError:
    return MappingError([Problem(location, f"{message}.")])
