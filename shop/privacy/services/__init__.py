"""What is done for people about their data, one module for each thing."""
