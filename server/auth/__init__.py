"""Access control: roles and tokens, origins of requests, CORS and rate limits."""
