"""The demonstration: the main job, end to end, with no hardware."""
