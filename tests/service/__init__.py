"""The whole server, as its users meet it."""
