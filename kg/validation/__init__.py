"""The room that checks facts against the shapes; the only door to pySHACL."""

from kg.validation.affected_nodes import Triples, affected, surroundings
from kg.validation.change_validator import ChangeCheck
from kg.validation.shacl_validator import validate
from kg.validation.shape_reach import Reach, reach_of
from kg.validation.shapes_check import check_shapes, read_shapes
from kg.validation.validation_report import Report, Result, Severity

__all__ = [
    "ChangeCheck",
    "Reach",
    "Report",
    "Result",
    "Severity",
    "Triples",
    "affected",
    "check_shapes",
    "reach_of",
    "read_shapes",
    "surroundings",
    "validate",
]
