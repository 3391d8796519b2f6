"""Query workers: processes that answer a store's queries within limits, isolated from each other and the server."""
