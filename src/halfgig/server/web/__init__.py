"""The HTTP server: OpenAI's shapes, and no model anywhere near."""
