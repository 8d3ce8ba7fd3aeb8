"""`halfgig doctor`: what a server will find here, what will run, what is wrong, and how to mend it."""
