"""Compare installed models with golden numbers: inputs and outputs of the original's networks."""
