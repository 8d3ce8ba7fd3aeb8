"""Two nodes that render one video: what the test and its animator (`tests/plugins/meeting`) both know.

Apart from the animator, which registers itself in whatever process imports it.
"""

GROUP = 10
"""Frames of a group."""

NODES = ("a", "b")
"""Names of the nodes' folders."""
