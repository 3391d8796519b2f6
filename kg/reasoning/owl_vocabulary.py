"""The terms of RDF, RDFS and OWL 2 by role: those that state axioms, declare terms, or annotate.

Whatever lies in these three namespaces and is in no list here is an axiom, and an axiom is supported or an error.
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
"""Types that say what kind of term something is, from which no fact about data follows."""

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
"""Annotations in RDFS' and OWL's own namespaces; as properties they may have super-properties like any other."""

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
"""Properties of RDF, RDFS and OWL that axioms may speak of."""

STRUCTURE = frozenset({RDF.first, RDF.rest, OWL.members, OWL.onProperty, OWL.hasValue})
"""Parts of restrictions and lists: right where a supported axiom uses their node, an error elsewhere."""

TOP = frozenset({OWL.Thing, RDFS.Resource})


def is_language(term: object) -> bool:
    """Tell whether the term lies in a namespace of RDF, RDFS or OWL."""
    return isinstance(term, URIRef) and str(term).startswith((str(RDF), str(RDFS), str(OWL)))


def is_logic(term: object) -> bool:
    """Tell whether the term is RDFS' or OWL's and states an axiom wherever it is used."""
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
"""XML Schema's datatypes by value space: values of two families are never equal (OWL 2, section 4)."""


def value_space(datatype: URIRef) -> frozenset[URIRef]:
    """Return the datatypes whose values can be the datatype's, or nothing where that is not known here."""
    for family in FAMILIES:
        members = frozenset(URIRef(f"{XSD}{name}") for name in family)
        if datatype in members:
            return members
    return frozenset()
