"""`kg anchor`: an author's words for passages become offsets, and digests are stamped, in the file and in place."""

from __future__ import annotations

import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kg.errors import Location, MappingError, Problem
from kg.reading.document import Document, Items, Mapping, Node, Text, load, parse
from kg.reading.spans import OFFSETS, Span, Words, digest, fragment
from kg.reading.texts import SourceText, texts

PASSAGE_KEYS = frozenset({"at", "evidence", "mention", "withoutStatement"})
MOST_SHOWN = 8
"""Candidates that an error lists."""


@dataclass(frozen=True)
class Anchored:
    """One passage value that `anchor` rewrote: where, what stood there, and the offsets that stand there now."""

    where: Location
    written: str
    span: Span


@dataclass(frozen=True)
class AnchorReport:
    """What `anchor` did: the text it used, the values it rewrote, how many passages there are, whether it wrote."""

    document: Path
    source: Path
    anchored: list[Anchored]
    passages: int
    changed: bool


@dataclass(frozen=True)
class _Edit:
    start: int
    end: int
    new: str


def anchor(document: Path, sources: Path) -> AnchorReport:
    """Turn the words of every passage value into offsets and stamp `digest`, `length` and `passages`.

    Comments and layout stay, and a second run changes nothing. MappingError with every passage that is not found or
    found more than once, and then nothing is written; RequestError where there is no such folder.
    """
    loaded = load(document)
    values = passage_values(loaded.root)
    source = _source(loaded, values, sources)
    spans, anchored = _spans(values, source.text)
    new = _edited(loaded, values, spans, source)
    changed = new != loaded.text
    if changed:
        _check_result(loaded, new)
        _write(document, new)
    return AnchorReport(document, source.file, anchored, len(set(spans)), changed)


def passage_values(node: Node) -> list[Text]:
    """Return the scalars at and below a node that stand for passages, in the file's order."""
    found: list[Text] = []
    if isinstance(node, Items):
        for each in node.nodes:
            found += passage_values(each)
    elif isinstance(node, Mapping):
        for key, value in node.nodes.items():
            found += _scalars(value) if key in PASSAGE_KEYS else passage_values(value)
    return found


def _scalars(node: Node) -> list[Text]:
    inner = node.nodes if isinstance(node, Items) else [node]
    return [each for each in inner if isinstance(each, Text)]


def _source(document: Document, values: list[Text], sources: Path) -> SourceText:
    root = document.root.nodes
    article, wanted = root.get("article"), root.get("digest")
    if not isinstance(article, Text) or document.root.flow:
        expected = "its keys stand one a line, one of them `article`"
        raise _fault(document.root.where, f"only an article's document can be anchored: {expected}")
    candidates = list(texts(sources))
    if isinstance(wanted, Text):
        matching = [each for each in candidates if each.digest == wanted.value]
        if not matching:
            found = f"no text in {sources} has the digest {wanted.value}"
            raise _fault(wanted.where, f"{found}; to anchor the document to another text, take this line out")
        return matching[0]
    return _only(article, values, sources, candidates)


def _only(article: Text, values: list[Text], sources: Path, candidates: list[SourceText]) -> SourceText:
    words = [Words.read(value.value) for value in values if not OFFSETS.fullmatch(value.value)]
    distinct = {each.digest: each for each in candidates}
    if len(distinct) > 1 and words:
        holds = {key: sum(bool(each.find(source.text)) for each in words) for key, source in distinct.items()}
        most = max(holds.values())
        distinct = {key: source for key, source in distinct.items() if holds[key] == most}
    if len(distinct) == 1:
        return next(iter(distinct.values()))
    found = ", ".join(str(each.file) for each in list(distinct.values())[:MOST_SHOWN]) or "none"
    expected = f"exactly one text that fits is expected in {sources}, found: {found}"
    raise _fault(
        article.where, f"which text is this article's is unclear; {expected}; or give --sources the file itself"
    )


def _spans(values: list[Text], text: str) -> tuple[list[Span], list[Anchored]]:
    problems: list[Problem] = []
    spans: list[Span] = []
    anchored: list[Anchored] = []
    for value in values:
        found = _span(value, text)
        if isinstance(found, str):
            problems.append(Problem(value.where, found))
            continue
        spans.append(found)
        if str(found) != value.value:
            anchored.append(Anchored(value.where, value.value, found))
    if problems:
        raise MappingError(problems)
    return spans, anchored


def _span(value: Text, text: str) -> Span | str:
    """Return the span that a value stands for, or the sentence that says why there is none."""
    if OFFSETS.fullmatch(value.value):
        return _offsets(value.value, text)
    words = Words.read(value.value)
    found = words.find(text)
    if len(found) == 1:
        return found[0]
    if not found:
        return f"the words {value.value!r} are not in the text{_missing(words, text)}."
    shown = ", ".join(str(span) for span in found[:MOST_SHOWN]) + (", …" if len(found) > MOST_SHOWN else "")
    return (
        f"the words {value.value!r} are in the text {len(found)} times, at {shown};"
        " write more words, the offsets, or which of these: [1], [2] …"
    )


def _missing(words: Words, text: str) -> str:
    if words.nth is not None and (times := len(Words(words.first, words.last).find(text))):
        return f" {words.nth} times but {times}"
    if words.last is None:
        return ""
    if not Words(words.first).find(text):
        return f": {words.first!r} is not"
    return f": {words.last!r} is not" if not Words(words.last).find(text) else ": the last words stand before the first"


def _offsets(short: str, text: str) -> Span | str:
    span = Span.read(short)
    if span is None:
        return f"the passage {short} is empty: its start must be less than its end."
    if span.end > len(text):
        return f"the passage {short} ends outside the text, which has {len(text)} characters."
    return span


def _edited(document: Document, values: list[Text], spans: list[Span], source: SourceText) -> str:
    edits = [_replaced(document, value, str(span)) for value, span in zip(values, spans, strict=True)]
    stamps = {"digest": source.digest, "length": str(len(source.text))}
    edits += _stamped(document, stamps)
    edits.append(_passages(document, sorted(set(spans)), source.text))
    text = document.text
    for edit in sorted(edits, key=lambda each: each.start, reverse=True):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text


def _replaced(document: Document, value: Text, new: str) -> _Edit:
    if value.value == new:
        return _Edit(value.start, value.start, "")
    block = document.text[value.start : value.end].endswith("\n")
    return _Edit(value.start, value.end, new + _newline(document) if block else new)


def _stamped(document: Document, stamps: dict[str, str]) -> list[_Edit]:
    root = document.root
    old = {key: node for key in stamps if isinstance(node := root.nodes.get(key), Text)}
    edits = [_replaced(document, node, stamps[key]) for key, node in old.items()]
    missing = "".join(_line(document, f"{key}: {value}") for key, value in stamps.items() if key not in root.nodes)
    after = _line_end(document, root.nodes["article"])
    return [*edits, _Edit(after, after, missing)]


def _passages(document: Document, spans: list[Span], text: str) -> _Edit:
    lines = [_line(document, "passages:" if spans else "passages: {}")]
    for span in spans:
        entry = f'{{digest: {digest(span.of(text))}, fragment: "{fragment(text, span)}"}}'
        lines.append(_line(document, f"  {span}: {entry}"))
    new = "".join(lines)
    key = document.root.keys.get("passages")
    if key is None:
        end = len(document.text)
        gap = "" if document.text.endswith("\n") else _newline(document)
        return _Edit(end, end, gap + new)
    start = document.text.rfind("\n", 0, key.start) + 1
    return _Edit(start, _line_end(document, document.root.nodes["passages"]), new)


def _line(document: Document, content: str) -> str:
    indent = " " * (document.root.keys["article"].where.column - 1)
    return f"{indent}{content}{_newline(document)}"


def _newline(document: Document) -> str:
    return "\r\n" if "\r\n" in document.text else "\n"


def _line_end(document: Document, node: Node) -> int:
    """Return where the line after a node's last scalar begins."""
    newline = document.text.find("\n", _last(node))
    return len(document.text) if newline < 0 else newline + 1


def _last(node: Node) -> int:
    if isinstance(node, Text):
        return node.end
    inner = node.nodes if isinstance(node, Items) else list(node.nodes.values())
    return max((_last(each) for each in inner), default=0)


def _check_result(document: Document, new: str) -> None:
    try:
        if set(parse(document.file, new).root.nodes) >= set(document.root.nodes):
            return
    except MappingError:
        pass  # reported below, in terms of what the author can change
    expected = "take `passages` out, and write the keys around it one a line"
    raise _fault(document.root.where, f"the stamps cannot be written into this layout; {expected}")


def _write(file: Path, text: str) -> None:
    """Replace a file in one step, keeping its mode; a link keeps leading to it."""
    target = file.resolve()
    with tempfile.NamedTemporaryFile("wb", dir=target.parent, delete=False) as new:
        new.write(text.encode())
    Path(new.name).chmod(stat.S_IMODE(target.stat().st_mode))
    Path(new.name).replace(target)


def _fault(where: Location, message: str) -> MappingError:
    return MappingError([Problem(where, f"{message}.")])
