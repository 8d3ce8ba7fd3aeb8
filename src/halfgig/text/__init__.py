"""Reading: what stands in a text, put into the words people say."""
