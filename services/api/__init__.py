"""FastAPI: one file per subject, authentication, problems, and the customer's pages."""
