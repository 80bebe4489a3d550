"""How fast requests may leave, by what the site says and refuses."""
