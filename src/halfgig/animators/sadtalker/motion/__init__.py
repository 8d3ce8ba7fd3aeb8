"""From audio to the coefficients that drive SadTalker's face, computed in blocks of frames."""
