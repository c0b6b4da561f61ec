/// Names a push and says how old it is.
struct PushKey: Hashable, Comparable, Sendable {
    /// Nanoseconds since 1970 at which it was made; goes up from one push to the next.
    var time: UInt64
    /// Tells pushes of two processes apart.
    var salt: UInt32

    static func < (left: PushKey, right: PushKey) -> Bool { (left.time, left.salt) < (right.time, right.salt) }

    /// Sorted as text these are in order of time.
    var fileName: String {
        Self.hexadecimal(time, digits: 16) + "-" + Self.hexadecimal(UInt64(salt), digits: 8) + Self.suffix
    }

    private static let suffix = ".push"

    init(time: UInt64, salt: UInt32) {
        self.time = time
        self.salt = salt
    }

    /// Nil for what is no file of the spool.
    init?(fileName: String) {
        guard fileName.hasSuffix(Self.suffix) else { return nil }
        let parts = fileName.dropLast(Self.suffix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 16, parts[1].count == 8, let time = UInt64(parts[0], radix: 16),
            let salt = UInt32(parts[1], radix: 16)
        else { return nil }
        self.init(time: time, salt: salt)
    }

    private static func hexadecimal(_ number: UInt64, digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
