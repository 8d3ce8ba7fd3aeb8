"""The SadTalker animator: portrait features and motion are computed once per video, then each frame is rendered."""
