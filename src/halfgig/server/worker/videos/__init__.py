"""Videos, made in durable steps that survive a kill or a restart at any time."""
