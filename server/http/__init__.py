"""HTTP for all endpoints: parameters, content negotiation, caching, compression, errors and limits."""
