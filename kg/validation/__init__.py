"""The room that checks facts against the shapes; the only door to pySHACL."""

from kg.validation.affected import affected, surroundings
from kg.validation.check import check_shapes, read_shapes
from kg.validation.report import Report, Result, Severity
from kg.validation.validate import validate

__all__ = ["Report", "Result", "Severity", "affected", "check_shapes", "read_shapes", "surroundings", "validate"]
