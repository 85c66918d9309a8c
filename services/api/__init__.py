"""The HTTP service: one module for each subject."""
