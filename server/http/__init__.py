"""HTTP as every answer keeps to it: parameters, negotiation, caching, compression, errors, limits."""
