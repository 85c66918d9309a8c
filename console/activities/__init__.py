"""What an agent does, one module for each deed."""
