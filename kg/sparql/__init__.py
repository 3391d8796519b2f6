"""The SPARQL front end: the lexer, parsed requests, the policy of what is allowed, and workarounds for the engine."""
