"""How a network learns, and learns again with fewer channels."""
