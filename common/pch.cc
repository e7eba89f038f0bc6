// Holds the precompiled headers that our own code shares.
