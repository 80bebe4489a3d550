"""The shape of every record, the same whichever kind of site it was read from.

Field names are those of the Cloud REST API v2. Only primary keys are required; every other field
may be null, and fields that are not declared are allowed. Known values of a field stand in its
description and are not enforced, because the API adds to them.
"""
