"""What the host allows and what processes use: limits, memory, threads."""
