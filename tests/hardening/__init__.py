"""Whatever a site answers: a record, a gap or one clear line, and no secret in any of it."""
