"""A world made of memory: seeded, scripted, and tested like the real one."""
