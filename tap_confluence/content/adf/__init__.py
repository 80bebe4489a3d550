"""Atlassian document format (ADF): how it is read."""
