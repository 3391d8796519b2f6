"""Lookups in a store for tools and programs: statements with their chains and passages, meetings, accounts, names."""
