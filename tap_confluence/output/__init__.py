"""What a run says and writes: messages, the report, the progress line."""
