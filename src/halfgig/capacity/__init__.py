"""What fits where, and how long it takes."""
