"""Faces in pictures: detection, landmarks, measurement and crops."""
