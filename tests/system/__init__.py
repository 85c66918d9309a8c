"""The whole service under load, in races, killed and out of disk: what holds of every part holds of the whole."""
