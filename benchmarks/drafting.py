"""How good drafts are: precision, recall and F1 on shipped mappings and GUM's names, corrections, words a second."""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

from benchmarks.draft_corrections import Corrections
from benchmarks.draft_gold import INVENTED, REAL, read_gold
from benchmarks.draft_scores import DraftScores
from benchmarks.gum_entities import read_gum
from benchmarks.news_gold import HELD_OUT, LATER_HELD_OUT, LATER_SEEN, SEEN, read_news
from kg.drafting.drafted_document import find_all
from kg.drafting.text.spacy_parser import parse

MARKS = {
    "people, invented": 0.95,
    "organizations, invented": 0.90,
    "people, GUM": 0.82,
    "organizations, GUM": 0.65,
    "direct quotations found": 0.97,
    "direct quotations with the right source": 0.92,
    "attributions": 0.72,
    "attributions with source": 0.64,
    "source exact": 0.65,
    "cue exact": 0.65,
    "content exact": 0.59,
    "meetings": 0.85,
    "place of found meetings": 0.85,
    "all participants of found meetings": 0.65,
}
"""What is to be reached; marks of statements are set for PolNeAR and CofeNet, which are not here."""


def main() -> None:
    """Print the scores, and how fast the texts are parsed and drafted."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--gum", type=Path, help="a folder of GUM's news as CoNLL-U")
    gum = options.parse_args().gum
    parse("It is loaded.")
    begun, words = time.process_time(), 0
    news = {
        "news, seen": SEEN,
        "news, held out": HELD_OUT,
        "later news, seen": LATER_SEEN,
        "later news, held out": LATER_HELD_OUT,
    }
    groups = {name: DraftScores() for name in ("invented", "Wikinews", *news, "GUM")}
    corrections = Corrections()
    for name, gold in (("invented", INVENTED), ("Wikinews", REAL)):
        for mapping, file in gold.items():
            text = file.read_text("utf-8")
            findings = find_all(parse(text))
            words += len(findings.parsed.words)
            groups[name].add(text, read_gold(mapping), findings)
            if name == "Wikinews":
                corrections.add(findings, mapping)
    for name, files in news.items():
        for file in files:
            text, gold_document = read_news(file)
            findings = find_all(parse(text))
            words += len(findings.parsed.words)
            groups[name].add(text, gold_document, findings)
    for file in sorted(gum.glob("*.conllu")) if gum else ():
        document = read_gum(file)
        findings = find_all(parse(document.text))
        words += len(findings.parsed.words)
        groups["GUM"].add_names(document, findings)
    seconds = time.process_time() - begun
    for group, scores in groups.items():
        print(f"{group}:" if scores.scores else f"{group}: skipped, as its documents are not here (GUM=…)")
        lines = [(name, score.line) for name, score in scores.scores.items()]
        lines += [(name, share.line) for name, share in scores.shares.items()]
        for name, line in lines:
            print("  " + line(name, MARKS.get(f"{name}, {group}", MARKS.get(name))))
    print("corrections of a draft of Wikinews's articles to the documents that were published:")
    print("\n".join(corrections.lines()))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{words / seconds:,.0f} words a second of processor time for parse and rules, {memory:,.0f} MB")


if __name__ == "__main__":
    main()
