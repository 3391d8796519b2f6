"""HTML pages, one module per page; each is rendered on the server from a few queries."""
