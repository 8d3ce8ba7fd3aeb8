"""SadTalker as a way to move a face: what a portrait and a sound give once, then frame by frame."""
