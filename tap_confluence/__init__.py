"""Singer tap for Atlassian Confluence."""
