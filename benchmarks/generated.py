"""A corpus of many made-up articles in the shape of the model: the worked example told again of other people.

Seeded: the same count and seed give the same triples. Each article has its own statements, events, passages and
chains, days of its own, and a choice of the people, organizations and places that all articles share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random

from rdflib import DCTERMS, RDF, Graph, Literal

from kg.app.schema import Schema
from kg.datasets import GraphNames, Owner
from kg.export.blank_node_names import named_blanks
from kg.formats import NTRIPLES
from kg.mapping.corpora.corpus_reader import read_corpus
from kg.namespaces import CQ, ONTOLOGY, SHAPES
from kg.provenance import BuildRecord, CorpusDescription, SourceFile, provenance
from kg.reasoning.graph_reasoner import infer_all
from kg.store import EmbeddedStore, ParsedGraph, read_graph

EXAMPLE = Path(__file__).parents[1] / "examples" / "harbour-talks" / "corpus.yaml"
ARTICLE = "article/harbour-talks"
DAY = re.compile(r'"2034-03-(\d\d)T')
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
SHARE = 10
"""Articles that there are for each copy of a shared person, organization or place."""
ARTICLES_PER_LOAD = 50
"""Few loads make few files, and so many articles fit into memory."""
FIRST = ("Ada", "Bela", "Cato", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jana", "Kai", "Lia", "Milo", "Nora")
LAST = ("Aker", "Brandt", "Coll", "Dvorak", "Egede", "Falk", "Grau", "Holm", "Ibsen", "Juhl", "Krantz", "Lind")


class Generated:
    """The made-up articles: their graphs as N-Triples, and what they share."""

    def __init__(self, count: int, seed: int = 7) -> None:
        corpus = read_corpus(EXAMPLE)
        self.names: GraphNames = corpus.names
        self.count, self.seed = count, seed
        self.copies = max(1, count // SHARE)
        authority = corpus.graphs[self.names.authority]
        self._people = {str(subject) for subject in authority.subjects(RDF.type, CQ.Person)}
        # The longest first, since one name may begin another, and in one order under every hash seed.
        self._shared = sorted({str(subject) for subject in authority.subjects()}, key=lambda iri: (-len(iri), iri))
        self._authority = lines_of(authority)
        self._article = lines_of(corpus.graphs[f"{self.names.base}graph/{ARTICLE}"])

    def authority(self) -> str:
        """Return what the articles share: every copy of every shared thing, people under made-up names."""
        return "".join(self._copied(self._authority, copy) for copy in range(self.copies))

    def _copied(self, text: str, copy: int) -> str:
        random, names = Random(f"{self.seed} {copy}"), dict[str, str]()  # noqa: S311 -- no secret
        lines = []
        for line in text.splitlines(keepends=True):
            subject = line[1 : line.index(">")]
            if subject in self._people and f"<{CQ.name}>" in line:
                name = names.setdefault(subject, f"{random.choice(FIRST)} {random.choice(LAST)} {copy}")
                lines.append(re.sub(r'"[^"]*"', f'"{name}"', line, count=1))
            else:
                lines.append(line)
        return self._renamed("".join(lines), dict.fromkeys(self._shared, copy))

    def article(self, number: int, entailed: str = "") -> tuple[str, str]:
        """Return one article, and what follows from it: whom it speaks of is drawn, and its days are its own."""
        random = Random(f"{self.seed} article {number}")  # noqa: S311 -- no secret
        copies = {iri: random.randrange(self.copies) for iri in self._shared}
        month, year = number % 12 + 1, 2000 + number % 30

        def told(text: str) -> str:
            own = text.replace(f"{self.names.base}{ARTICLE}", f"{self.names.base}article/made-up-{number}")
            return DAY.sub(lambda match: f'"{year}-{month:02}-{match[1]}T', self._renamed(own, copies))

        return told(self._article), told(entailed)

    def _renamed(self, text: str, copies: dict[str, int]) -> str:
        for iri, copy in copies.items():
            text = text.replace(f"<{iri}>", f"<{iri}-{copy}>") if copy else text
        return text

    def graph(self, number: int) -> str:
        """Return the name of an article's graph."""
        return self.names.article(f"made-up-{number}")

    def fill(self, folder: Path, known: Schema) -> Iterator[EmbeddedStore]:
        """Fill a store in a folder, and yield it after each article, so that progress can be shown."""
        store = EmbeddedStore.open(folder, self.names)
        schema = {self.names.ontology: (known.ontology, ONTOLOGY), self.names.shapes: (known.shapes, SHAPES)}
        # What follows from one article follows from all: they differ by names, and no two names become one.
        entailed = lines_of(infer_all(known.reasoner, triples(self._authority + self._article)))
        # In bulk, as a build of everything: adding triples to what is there takes five times as long.
        with store.write(from_empty=True) as change:
            change.replace_graph(self.names.authority, triples(self.authority()), Owner.BUILD)
            for name, (graph, base) in schema.items():
                change.replace_graph(name, named_blanks(graph, f"{base}_"), Owner.BUILD)
            follows: list[str] = []
            lines: dict[str, bytes] = {}
            for number in range(self.count):
                asserted, inferred = self.article(number, entailed)
                lines[self.graph(number)] = asserted.encode()
                follows.append(inferred)
                if len(follows) == ARTICLES_PER_LOAD or number == self.count - 1:
                    change.load({**lines, self.names.inferred: "".join(follows).encode()})
                    follows, lines = [], {}
                yield store
            change.replace_graph(self.names.provenance, self._record(known), Owner.SYSTEM)
            change.commit(f"{self.count} made-up articles", "2034-04-01T00:00:00Z")
        self._write_again(store)

    def _record(self, known: Schema) -> Graph:
        about = CorpusDescription(f"{self.count} made-up articles", LICENCE, "a benchmark")
        graphs = [self.graph(number) for number in range(self.count)]
        sources: dict[str, tuple[SourceFile, ...]] = {
            name: (SourceFile(f"{name.rpartition('/')[2]}.yaml", sha256(name.encode()).hexdigest()),) for name in graphs
        }
        sources[self.names.ontology] = known.ontology_files
        return provenance(BuildRecord(about, sources, tuple(graphs), "communique", "0", "rules"), self.names)

    def _write_again(self, store: EmbeddedStore) -> None:
        """Write a second version, in which one article has another title."""
        name = self.graph(0)
        with store.write() as change:
            titles = [triple for triple in change.triples(name) if triple[1] == DCTERMS.title]
            change.remove(name, titles, Owner.BUILD)
            change.add(
                name, [(title[0], title[1], Literal(f"{title[2]}, told again")) for title in titles], Owner.BUILD
            )
            change.commit("one article written again", "2034-04-02T00:00:00Z")


def lines_of(graph: Graph) -> str:
    """Return a graph as N-Triples in one order."""
    return "".join(sorted(graph.serialize(format="nt").splitlines(keepends=True)))


def triples(text: str) -> ParsedGraph:
    """Read N-Triples."""
    return read_graph(text.encode(), NTRIPLES)
