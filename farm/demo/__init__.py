"""The demonstration: a timeline with everything in it, rendered and checked."""
