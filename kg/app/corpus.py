"""What a build brings together: the mapping documents, the ontology and shapes that ship, and clients' own graphs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rdflib import Graph

from kg.dataset import GraphNames
from kg.errors import Location, RequestError, ResourceError
from kg.export import named_blanks
from kg.mapping import Corpus
from kg.mapping.corpus_questions import CorpusQuestion
from kg.namespaces import ONTOLOGY, SHAPES
from kg.provenance import About, Source
from kg.reasoning import Reasoner
from kg.resources import ontology_folder, shapes_folder
from kg.validation import ChangeValidator, check_shapes, read_shapes

CORPUS = "corpus.yaml"
Graphs = Mapping[str, Graph]
"""Graphs by name."""


@dataclass(frozen=True)
class Knowledge:
    """The ontology (with its alignments and schemes, as one graph) and the shapes, and the files that they are from."""

    ontology: Graph
    shapes: Graph
    ontology_files: tuple[Source, ...] = ()
    shapes_files: tuple[Source, ...] = ()

    @cached_property
    def reasoner(self) -> Reasoner:
        """Return the ontology compiled, once; UnsupportedAxiomError names an axiom that has no rule."""
        return Reasoner(self.ontology)

    @cached_property
    def change_validator(self) -> ChangeValidator:
        """Return the shapes made ready for changes, once."""
        return ChangeValidator(self.shapes, self.ontology)


@dataclass(frozen=True)
class Assembled:
    """The dataset of a version to be: what the build owns, what clients own, and where each node is defined."""

    names: GraphNames
    built: Graphs
    sources: Mapping[str, tuple[Source, ...]]
    """The files of each built graph."""
    locations: Mapping[str, Location]
    knowledge: Knowledge
    about: About
    own: Graphs = field(default_factory=dict)
    questions: tuple[CorpusQuestion, ...] = ()

    @cached_property
    def asserted(self) -> Graph:
        """Return the default graph without what is inferred: the built and the clients' own graphs in it."""
        graph = Graph(bind_namespaces="none")
        for name in self.united:
            graph += (self.built.get(name) or self.own.get(name)) or ()
        return graph

    @property
    def united(self) -> tuple[str, ...]:
        """Return the names of the graphs that the default graph unites, sorted, without the inferred one."""
        return tuple(sorted(name for name in {*self.built, *self.own} if self.names.asserts(name)))


def corpus_file(corpus: Path) -> Path:
    """Return a corpus's own document: the file itself, or the one in a folder; RequestError where there is none."""
    file = corpus / CORPUS if corpus.is_dir() else corpus
    if not file.is_file():
        raise RequestError(f"There is no corpus at {str(corpus)!r}: expected a folder with a {CORPUS}, or such a file.")
    return file


def knowledge() -> Knowledge:
    """Read the shipped ontology and shapes; ResourceError where a folder is missing, DataError for shapes at fault."""
    ontology, shapes = Graph(), read_shapes(shapes_folder())
    files = _turtle(ontology_folder())
    for file in files:
        ontology.parse(file, format="turtle")
    check_shapes(shapes, ontology)
    return Knowledge(ontology, shapes, _sources(ontology_folder(), files), _sources(shapes_folder()))


def assemble(corpus: Corpus, known: Knowledge, own: Graphs | None = None) -> Assembled:
    """Return the dataset of a corpus, beside which clients have graphs of their own."""
    names = corpus.names
    shipped = {
        names.ontology: named_blanks(known.ontology, f"{ONTOLOGY}_"),
        names.shapes: named_blanks(known.shapes, f"{SHAPES}_"),
    }
    files = {names.ontology: known.ontology_files, names.shapes: known.shapes_files}
    sources = {name: (Source.of(file, _relative(file, corpus.file.parent)),) for name, file in corpus.files.items()}
    about = About(corpus.title, corpus.licence, corpus.creator)
    built = {**corpus.graphs, **shipped}
    return Assembled(names, built, {**sources, **files}, corpus.locations, known, about, own or {}, corpus.questions)


def _relative(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else file.name


def _turtle(folder: Path) -> list[Path]:
    files = sorted(folder.rglob("*.ttl"))
    if not files:
        raise ResourceError(f"The folder {folder} holds no Turtle file, and the ontology was expected there.")
    return files


def _sources(folder: Path, files: Iterable[Path] | None = None) -> tuple[Source, ...]:
    found = _turtle(folder) if files is None else files
    return tuple(Source.of(file, f"{folder.name}/{file.relative_to(folder).as_posix()}") for file in found)
