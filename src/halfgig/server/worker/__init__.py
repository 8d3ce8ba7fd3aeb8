"""The worker: the process that speaks and makes videos, in cells; it holds no model itself."""
