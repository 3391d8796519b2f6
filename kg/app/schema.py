"""The schema against which every corpus is checked: the shipped ontology and shapes, compiled once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from rdflib import Graph

from kg.errors import ResourceError
from kg.export.blank_node_names import named_blanks
from kg.namespaces import ONTOLOGY, SHAPES
from kg.provenance import SourceFile
from kg.reasoning.reasoner import Reasoner
from kg.shipped_files import ontology_folder, shapes_folder
from kg.validation.change_validator import ChangeValidator
from kg.validation.shacl_validator import GraphValidator
from kg.validation.shapes_check import check_shapes, read_shapes


@dataclass(frozen=True)
class Schema:
    """The ontology (with its alignments and schemes, as one graph), the shapes, and their source files."""

    ontology: Graph
    shapes: Graph
    ontology_files: tuple[SourceFile, ...] = ()
    shapes_files: tuple[SourceFile, ...] = ()

    @cached_property
    def named_graphs(self) -> tuple[Graph, Graph]:
        """Return the ontology and the shapes with IRIs for their blank nodes, as in a store."""
        return named_blanks(self.ontology, f"{ONTOLOGY}_"), named_blanks(self.shapes, f"{SHAPES}_")

    @cached_property
    def reasoner(self) -> Reasoner:
        """Return the compiled ontology. Raises UnsupportedAxiomError if an axiom has no rule."""
        return Reasoner(self.ontology)

    @cached_property
    def validator(self) -> GraphValidator:
        """Return the shapes prepared for validating graphs, including warnings."""
        return GraphValidator(self.shapes, self.ontology)

    @cached_property
    def change_validator(self) -> ChangeValidator:
        """Return the shapes prepared for validating changes."""
        return ChangeValidator(self.shapes, self.ontology)

    @cached_property
    def build_validator(self) -> ChangeValidator:
        """Return the shapes prepared for validating what a build changes, including warnings."""
        return ChangeValidator(self.shapes, self.ontology, with_warnings=True)

    def compile_for_build(self) -> None:
        """Compile now what a build needs at its end. Raises UnsupportedAxiomError as `reasoner` does."""
        _ = self.named_graphs, self.reasoner
        self.build_validator.compile()


def read_schema() -> Schema:
    """Read the shipped ontology and shapes.

    Raises ResourceError if a folder is missing, DataError if the shapes are faulty.
    """
    folders = ontology_folder(), shapes_folder()
    return _parsed(*folders, *map(_source_files, folders))


@lru_cache(maxsize=1)  # reuses what is compiled as long as no file changes: `kg watch` builds again and again
def _parsed(
    ontology_path: Path,
    shapes_path: Path,
    ontology_sources: tuple[SourceFile, ...],
    shapes_sources: tuple[SourceFile, ...],
) -> Schema:
    ontology, shapes = Graph(), read_shapes(shapes_path)
    for file in _turtle_files(ontology_path):
        ontology.parse(file, format="turtle")
    check_shapes(shapes, ontology)
    return Schema(ontology, shapes, ontology_sources, shapes_sources)


def _turtle_files(folder: Path) -> list[Path]:
    files = sorted(folder.rglob("*.ttl"))
    if not files:
        raise ResourceError(f"The folder {folder} holds no Turtle file: expected the files that Communiqué ships with.")
    return files


def _source_files(folder: Path) -> tuple[SourceFile, ...]:
    names = ((file, file.relative_to(folder).as_posix()) for file in _turtle_files(folder))
    return tuple(SourceFile.of(file, f"{folder.name}/{name}") for file, name in names)
