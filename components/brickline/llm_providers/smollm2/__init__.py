"""A small language model that runs in this process, offline: llama.cpp with the weights of a package."""
