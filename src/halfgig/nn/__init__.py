"""The numeric runtime: graphs, kernels, tiles, buffers, weights."""
