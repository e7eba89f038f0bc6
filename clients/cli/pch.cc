// Holds the precompiled header of the command line.
