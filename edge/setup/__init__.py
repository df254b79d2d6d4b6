"""Setting a device up: what is wrong with it, and a first configuration for it."""
