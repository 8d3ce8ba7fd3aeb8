"""Files in and out: sound, pictures, films, video."""
