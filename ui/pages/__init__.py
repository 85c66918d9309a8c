"""The pages of the desktop, one module for each."""
