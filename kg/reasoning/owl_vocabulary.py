"""The terms of RDF, RDFS and OWL 2 by role: those that state axioms, declare terms, or annotate.

Any term in these three namespaces that is not listed here states an axiom, and an axiom is supported or an error.
"""

from __future__ import annotations

from rdflib import OWL, RDF, RDFS, XSD, URIRef
from rdflib.namespace import DC, DCTERMS, FOAF, PROV, SKOS, VANN

DECLARATIONS = frozenset(
    {
        OWL.AnnotationProperty,
        OWL.Class,
        OWL.DatatypeProperty,
        OWL.DeprecatedClass,
        OWL.DeprecatedProperty,
        OWL.NamedIndividual,
        OWL.ObjectProperty,
        OWL.Ontology,
        OWL.Restriction,
        OWL.Thing,
        RDF.List,
        RDF.Property,
        RDFS.Class,
        RDFS.Datatype,
        RDFS.Resource,
    }
)
"""Types that declare the kind of a term, and from which no facts about data follow."""

CLASS_TYPES = frozenset({OWL.Class, RDFS.Class, OWL.DeprecatedClass, RDFS.Datatype})
PROPERTY_TYPES = frozenset(
    {
        OWL.AnnotationProperty,
        OWL.AsymmetricProperty,
        OWL.DatatypeProperty,
        OWL.DeprecatedProperty,
        OWL.IrreflexiveProperty,
        OWL.ObjectProperty,
        OWL.SymmetricProperty,
        OWL.TransitiveProperty,
        RDF.Property,
    }
)
SCHEMA_TYPES = CLASS_TYPES | PROPERTY_TYPES | {OWL.Ontology}

LANGUAGE_ANNOTATIONS = frozenset(
    {
        OWL.backwardCompatibleWith,
        OWL.deprecated,
        OWL.incompatibleWith,
        OWL.priorVersion,
        OWL.versionIRI,
        OWL.versionInfo,
        RDFS.comment,
        RDFS.isDefinedBy,
        RDFS.label,
        RDFS.seeAlso,
    }
)
"""Annotation properties in the namespaces of RDFS and OWL; like other properties, they may have super-properties."""

ANNOTATION_NAMESPACES = tuple(
    str(namespace)
    for namespace in (
        DC,
        DCTERMS,
        FOAF,
        PROV,
        SKOS,
        VANN,
        "https://schema.org/",
        "http://purl.org/ontology/bibo/",
        "http://purl.org/vocommons/voaf#",
        "http://creativecommons.org/ns#",
    )
)
"""Vocabularies whose properties annotate classes and properties; others must be declared owl:AnnotationProperty."""

NON_LOGICAL_PROPERTIES = frozenset({RDF.value, RDFS.member, *LANGUAGE_ANNOTATIONS})
"""Properties of RDF, RDFS and OWL that are allowed in axioms."""

STRUCTURE = frozenset({RDF.first, RDF.rest, OWL.members, OWL.onProperty, OWL.hasValue})
"""Parts of restrictions and lists: allowed if a supported axiom uses their node, otherwise an error."""

TOP = frozenset({OWL.Thing, RDFS.Resource})


def is_language(term: object) -> bool:
    """Return whether the term is in the namespace of RDF, RDFS or OWL."""
    return isinstance(term, URIRef) and str(term).startswith((str(RDF), str(RDFS), str(OWL)))


def is_logic(term: object) -> bool:
    """Return whether the term belongs to RDFS or OWL and states an axiom wherever it is used."""
    logical = isinstance(term, URIRef) and str(term).startswith((str(RDFS), str(OWL)))
    return (
        logical
        and term not in NON_LOGICAL_PROPERTIES
        and term not in DECLARATIONS
        and term not in (RDFS.Literal, RDFS.Container)
    )


INTEGERS = (
    *("integer", "nonPositiveInteger", "negativeInteger", "nonNegativeInteger", "positiveInteger"),
    *("long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
)
DECIMALS = ("decimal", *INTEGERS)
STRINGS = ("string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN")
FAMILIES = (
    DECIMALS,
    STRINGS,
    ("dateTime", "dateTimeStamp"),
    ("date",),
    ("boolean",),
    ("anyURI",),
    ("float",),
    ("double",),
)
"""XML Schema datatypes by value space: values of two families are never equal (OWL 2, section 4)."""


def value_space(datatype: URIRef) -> frozenset[URIRef]:
    """Return the datatypes that share the datatype's value space, or nothing if it is unknown."""
    for family in FAMILIES:
        members = frozenset(URIRef(f"{XSD}{name}") for name in family)
        if datatype in members:
            return members
    return frozenset()
