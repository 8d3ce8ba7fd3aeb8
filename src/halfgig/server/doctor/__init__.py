"""`halfgig doctor`: checks whether a server will run here, what it will run, and how to fix problems."""
