"""What another git revision of this repository has: its snapshots, and its real models."""
