"""Motion: how mouth, eyes and head move over time."""
