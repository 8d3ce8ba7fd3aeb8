"""The server: its processes, and what they share."""
