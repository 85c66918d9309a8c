"""The customer's pages, served under one-time signed links."""
