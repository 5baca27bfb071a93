"""What a filter writes: `opening` says which files, `sinks` write records in a form each."""
