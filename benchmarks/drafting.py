"""How good drafts are: precision, recall and F1 on the shipped gold and on GUM's names, and words a second."""

from __future__ import annotations

import argparse
import re
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.gum_entities import GumDocument, read_gum
from kg.drafting.document import Findings, find_all
from kg.drafting.spacy_parser import parse

ROOT = Path(__file__).parents[1]
GOLD = {
    **{
        ROOT / f"examples/strait-series/{name}.yaml": ROOT / f"examples/strait-series/texts/{name}.txt"
        for name in ("1-ferry-fire", "2-patrols-off", "3-strait-closed", "4-harbour-books", "5-correction")
    },
    ROOT / "examples/harbour-talks/harbour-talks.yaml": ROOT / "examples/harbour-talks/article.txt",
}
"""Mapping documents by people, and their texts."""
MARKS = {"people, GUM": 0.82, "organizations, GUM": 0.65, "attributions": 0.72, "attributions with source": 0.64}
"""F1 to reach; those of attributions are set for PolNeAR, which is not here."""
Span = tuple[int, int]


@dataclass
class Score:
    """How many were right, how many drafted, how many of the gold found, and how many there are."""

    right: int = 0
    drafted: int = 0
    recalled: int = 0
    gold: int = 0

    def line(self, name: str) -> str:
        """Return the score as a line of a table."""
        precision, recall = self.right / max(1, self.drafted), self.recalled / max(1, self.gold)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        counts = f"{self.right} of {self.drafted} drafted, {self.recalled} of {self.gold} in the gold"
        mark = f"mark {MARKS[name]:.2f}" if name in MARKS else ""
        return f"{name:28} P {precision:.2f}  R {recall:.2f}  F1 {f1:.2f}  {mark:9}  {counts}"


def score_names(document: GumDocument, findings: Findings, kind: str, score: Score) -> None:
    """Add a document's named people or organizations: a drafted one is right if it names the head of a gold one."""
    gold = [entity.heads for entity in document.entities if entity.kind == kind]
    drafted = [
        [(span.start, span.end) for span in entity.mentions]
        for entity in findings.entities.all
        if entity.kind == kind and entity.is_named
    ]
    score.gold, score.drafted = score.gold + len(gold), score.drafted + len(drafted)
    score.recalled += sum(any(_names(spans, heads) for spans in drafted) for heads in gold)
    score.right += sum(any(_names(spans, heads) for heads in gold) for spans in drafted)


def _names(spans: list[Span], heads: list[Span]) -> bool:
    return any(start <= first and last <= end for start, end in spans for first, last in heads)


def score_attributions(mapping: Path, findings: Findings, bare: Score, sourced: Score) -> None:
    """Add a document's attributions: right if contents overlap by half of the shorter, and with source if it fits."""
    gold = [*_gold_attributions(mapping)]
    drafted = [
        ([(span.start, span.end) for span in attribution.content], source.entity.name if source.entity else "")
        for attribution, source in zip(findings.attributions, findings.sources, strict=True)
    ]
    for score, fits in ((bare, lambda _name, _source: True), (sourced, _is_source)):
        score.gold, score.drafted = score.gold + len(gold), score.drafted + len(drafted)
        score.recalled += sum(any(_overlaps(a, b) and fits(n, s) for b, n in drafted) for a, s in gold)
        score.right += sum(any(_overlaps(a, b) and fits(n, s) for a, s in gold) for b, n in drafted)


def _gold_attributions(mapping: Path) -> Iterator[tuple[list[Span], str]]:
    for statement in yaml.safe_load(mapping.read_text("utf-8"))["statements"]:
        if statement.get("form") in {"direct", "mixed", "indirect", "thought"}:
            value = statement.get("contentSpan") or statement["at"]
            passages = [value] if isinstance(value, str) else value
            spans = [tuple(map(int, passage.split("-"))) for passage in passages]
            yield [(start, end) for start, end in spans], statement["source"]


def _is_source(name: str, identifier: str) -> bool:
    """Tell whether a name shares a word of meaning with an identifier, as `Tarrant` with `person:ilse-tarrant`."""
    words = {*re.split(r"[:/-]", identifier)} - {"the", "of", "a", "person", "organization", "group"}
    return bool(words & {*re.findall(r"\w+", name.lower())})


def _overlaps(first: list[Span], second: list[Span]) -> bool:
    common = sum(max(0, min(b, d) - max(a, c)) for a, b in first for c, d in second)
    return 2 * common >= min(sum(b - a for a, b in first), sum(d - c for c, d in second))


def main() -> None:
    """Print the scores, and how fast the texts are parsed and drafted."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--gum", type=Path, help="a folder of GUM's news as CoNLL-U")
    gum = options.parse_args().gum
    parse("It is loaded.")
    begun, words = time.process_time(), 0
    scores = {
        name: Score() for name in ("attributions", "attributions with source", "people, GUM", "organizations, GUM")
    }
    for mapping, text in GOLD.items():
        findings = find_all(parse(text.read_text("utf-8")))
        words += len(findings.parsed.words)
        score_attributions(mapping, findings, scores["attributions"], scores["attributions with source"])
    for file in sorted(gum.glob("*.conllu")) if gum else ():
        document = read_gum(file)
        findings = find_all(parse(document.text))
        words += len(findings.parsed.words)
        score_names(document, findings, "person", scores["people, GUM"])
        score_names(document, findings, "organization", scores["organizations, GUM"])
    seconds = time.process_time() - begun
    for name, score in scores.items():
        print(score.line(name) if score.gold else f"{name:28} skipped: no folder of GUM's documents (GUM=…)")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{words / seconds:,.0f} words a second of processor time for parse and rules, {memory:,.0f} MB")


if __name__ == "__main__":
    main()
