"""Tools for agents, whose answers are claims with chains, certainty and passages, never bare facts."""
