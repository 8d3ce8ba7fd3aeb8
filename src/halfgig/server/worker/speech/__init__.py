"""Speech made by the worker, in slices, for many streams."""
