"""Tools for agents, which answer with claims, their chains, certainty and passages, never with bare facts."""

from kg.agents.agent_tools import AgentTools

__all__ = ["AgentTools"]
