"""OWL 2 RL inference: the ontology is compiled to rules, which are run on the facts, explained, and tested by owlrl."""
