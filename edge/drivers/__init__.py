"""The real world, one file per piece of it; none knows another."""
