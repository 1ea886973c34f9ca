"""`brickline route`: what is asked of models, which of them is asked, and what other weights would change."""
