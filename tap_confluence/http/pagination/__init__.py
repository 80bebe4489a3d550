"""All of a list, page by page, also past what the site fails for."""
