"""Videos made by the worker: durable, step by step."""
