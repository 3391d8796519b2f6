"""Validation of facts against the SHACL shapes, of a whole graph or of what a change affects; only it uses pySHACL."""

from kg.validation.affected_nodes import CachedSubjects, affected_nodes, surrounding_triples
from kg.validation.change_validator import ChangeValidator
from kg.validation.shacl_validator import GraphValidator, merged_report, validate, validate_by_pyshacl
from kg.validation.shape_reach import ShapeReach, shape_reach_of
from kg.validation.shapes_check import check_shapes, read_shapes
from kg.validation.validation_report import Severity, ValidationReport, ValidationResult

__all__ = [
    "CachedSubjects",
    "ChangeValidator",
    "GraphValidator",
    "Severity",
    "ShapeReach",
    "ValidationReport",
    "ValidationResult",
    "affected_nodes",
    "check_shapes",
    "merged_report",
    "read_shapes",
    "shape_reach_of",
    "surrounding_triples",
    "validate",
    "validate_by_pyshacl",
]
