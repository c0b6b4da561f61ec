import Testing

/// One after the other: a store that is locked holds a thread of the pool for as long as SQLite waits, and there are few.
@Suite(.serialized) struct IngestServiceTests {}
