"""The desktop's pages: each renders one frozen snapshot and says what its user wants by signals."""
