"""Measures how well changes are found on pairs of pictures whose changes are known; needs no TensorFlow."""
