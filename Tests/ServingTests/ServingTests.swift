import Testing

/// Services in processes of their own. One after the other: each burns CPU time and is measured.
@Suite(.serialized) struct ServingTests {}
