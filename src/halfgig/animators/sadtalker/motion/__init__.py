"""From sound to the coefficients that move SadTalker's face, block by block."""
