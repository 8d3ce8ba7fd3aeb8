"""The HTTP server: OpenAI's request and response formats. It never loads a model."""
