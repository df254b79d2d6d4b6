"""Images in, images out: pure, numpy and OpenCV only."""
