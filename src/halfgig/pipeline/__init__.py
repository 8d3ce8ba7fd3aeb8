"""The recipes: speech and video, from request to file."""
