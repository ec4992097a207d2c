"""What customers do with their account, one module for each thing."""
