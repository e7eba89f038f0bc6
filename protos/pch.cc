// Holds the precompiled header that the generated code shares.
