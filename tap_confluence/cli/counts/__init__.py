"""How much there is on a site, found out with few requests.

What a list holds on its first page is counted. Of longer lists a search tells how much it finds;
of some nobody tells.
"""
