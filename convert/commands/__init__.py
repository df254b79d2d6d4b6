"""The commands of stillwatch-convert that run stages."""
