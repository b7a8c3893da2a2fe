"""A YAML file read strictly: a tree in which every value remembers its place, and everything that is wrong."""
