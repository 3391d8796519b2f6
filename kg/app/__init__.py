"""The use cases, one module each: build, import, infer, validate, write, export, explain, restore and fsck."""

from kg.app.build import Built, build
from kg.app.build_options import BuildOptions
from kg.app.check import check
from kg.app.corpus_dataset import corpus_and_documents, corpus_file, read_corpus_dataset
from kg.app.dataset_metadata import DatasetMetadata, read_dataset_metadata
from kg.app.diff import Difference, compare
from kg.app.export import export_graphs, export_projection
from kg.app.fsck import check_store
from kg.app.infer import infer_triples
from kg.app.restore import restore_backup
from kg.app.schema import Schema, read_schema
from kg.app.validate import validate_dataset
from kg.app.write_provenance import built_with_another_ontology

__all__ = [
    "BuildOptions",
    "Built",
    "DatasetMetadata",
    "Difference",
    "Schema",
    "build",
    "built_with_another_ontology",
    "check",
    "check_store",
    "compare",
    "corpus_and_documents",
    "corpus_file",
    "export_graphs",
    "export_projection",
    "infer_triples",
    "read_corpus_dataset",
    "read_dataset_metadata",
    "read_schema",
    "restore_backup",
    "validate_dataset",
]
