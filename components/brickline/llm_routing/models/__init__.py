"""The models there are: what the file says, what they cost, and what talks to each of them."""
