"""Writes what is outside OWL 2 RL by the OWL API: `python -m tests.reasoning.owl_profile JAR FILE …`.

A Java machine cannot be ended, so that it has this process alone. Each file, in RDF/XML, gets a line: a JSON array.
"""

from __future__ import annotations

import json
import sys

import jpype


def main(jar: str, *files: str) -> None:
    """Check files with the OWL API in a jar."""
    jpype.startJVM(classpath=[jar])
    api = jpype.JPackage("org.semanticweb.owlapi")
    for file in files:
        manager = api.apibinding.OWLManager.createOWLOntologyManager()
        ontology = manager.loadOntologyFromOntologyDocument(jpype.JClass("java.io.File")(file))
        violations = api.profiles.OWL2RLProfile().checkOntology(ontology).getViolations()
        sys.stdout.write(f"{json.dumps(sorted({str(violation) for violation in violations}))}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
