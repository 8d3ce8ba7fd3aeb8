"""The puppet: a portrait animated by warping the picture, driven by visemes or by sound."""
