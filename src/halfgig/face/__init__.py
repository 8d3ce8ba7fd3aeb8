"""Face: where it is in a picture and how it is built."""
