"""The presenter's portrait as code: one file per painted thing."""
