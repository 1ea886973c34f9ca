"""`brickline contracts`: what would break a reader, who reads what, and what live services read and write."""
