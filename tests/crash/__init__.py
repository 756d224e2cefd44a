"""The program killed at random moments, and what is left afterwards."""
