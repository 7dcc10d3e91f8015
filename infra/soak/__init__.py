"""The soak test: the whole stack under mixed load for a while, its processes ended meanwhile; `make soak`."""
