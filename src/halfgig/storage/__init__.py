"""Files that survive a kill: atomic writes, record logs, checksums, caches."""
