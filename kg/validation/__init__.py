"""The room that checks facts against the shapes; the only door to pySHACL."""

from kg.validation.affected import Triples, affected, surroundings
from kg.validation.changes import ChangeCheck
from kg.validation.check import check_shapes, read_shapes
from kg.validation.reach import Reach, reach_of
from kg.validation.report import Report, Result, Severity
from kg.validation.validate import validate

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
