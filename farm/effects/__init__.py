"""The catalogue of effects: what each does, its parameters, the filters it builds."""
