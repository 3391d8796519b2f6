"""Tools for agents, which answer with claims, their chains, certainty and passages, never with bare facts."""
