"""Speech for many clients at once: one cell speaks a slice of one stream, then a slice of another."""
