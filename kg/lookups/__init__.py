"""Lookups in a store for tools and programs: statements with chains and passages, meetings, accounts, and names."""
