"""Measures this tap against what a user would pick instead, on the same demo site."""
