"""Writes as data, and their execution in this process or in a separate one within limits."""
