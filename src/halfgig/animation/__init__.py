"""Animation: from a portrait and its motion to frames and a video."""
