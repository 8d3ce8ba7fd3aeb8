"""The presenter's portrait as code: one file for each thing that is painted."""
