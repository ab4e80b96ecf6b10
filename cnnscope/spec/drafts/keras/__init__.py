"""Keras code read as text: statements, arguments, layers, models."""
