"""Memory: the limit, what is used of it, and cells that stay inside a budget."""
