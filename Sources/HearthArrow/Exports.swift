// Whoever exports or imports has the structures at hand: they stand in every signature.
@_exported public import CArrow
@_exported public import HearthRuntime
