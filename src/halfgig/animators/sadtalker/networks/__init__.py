"""SadTalker's renderer: a portrait and movements in, frames out, number for number, in bounded memory."""
