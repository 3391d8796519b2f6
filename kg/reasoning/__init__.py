"""OWL 2 RL inference: the ontology compiled to rules, run over the facts, explained, and checked against owlrl."""
