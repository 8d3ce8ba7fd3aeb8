"""What moves a face."""
