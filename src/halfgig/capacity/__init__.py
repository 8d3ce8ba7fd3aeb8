"""Capacity planning: which stages fit into which memory, and how long they take."""
