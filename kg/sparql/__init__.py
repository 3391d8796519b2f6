"""The SPARQL front end: the lexer, parsed requests, the policy of what may be asked, and workarounds for the engine."""
