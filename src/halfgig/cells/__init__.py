"""Cells: child processes that do the heavy work within a memory budget."""
