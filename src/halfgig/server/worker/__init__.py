"""Durable work: what was accepted, who makes it, and what is kept of it."""
