"""The process that starts the others, watches over their memory and restarts what dies."""
