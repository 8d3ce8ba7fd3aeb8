"""What many tests use: files, processes, servers, fakes."""
