internal import Synchronization

/// A regular expression for names. `Regex` may not be shared by threads, so each match takes a lock; names are matched
/// once a distinct frame.
final class NamePattern: Sendable {
    private let regex: Mutex<Regex<AnyRegexOutput>>

    /// Throws what is wrong with the pattern.
    init(_ pattern: String) throws { regex = Mutex(try Regex(pattern)) }

    /// Whether the pattern is found anywhere in the name.
    func matches(_ name: String) -> Bool { regex.withLock { name.firstMatch(of: $0) != nil } }
}
