/// How many documents may be set aside before the whole is a failure: a count, or a share of what was read.
public enum RejectionLimit: Hashable, Sendable, CustomStringConvertible {
    case count(Int)
    /// 0 to 1.
    case share(Double)

    /// `100` or `1%`; nil for anything else.
    public init?(_ text: String) {
        if text.hasSuffix("%") {
            guard let percent = Double(text.dropLast()), (0...100).contains(percent) else { return nil }
            self = .share(percent / 100)
        } else {
            guard let count = Int(text), count >= 0 else { return nil }
            self = .count(count)
        }
    }

    public var description: String {
        switch self {
        case .count(let count): "\(count)"
        case .share(let share):
            share * 100 == (share * 100).rounded() ? "\(Int(share * 100))%" : "\(share * 100)%"
        }
    }

    /// Whether a finished run is within the limit.
    func allows(_ counts: IngestCounts) -> Bool {
        switch self {
        case .count(let count): counts.rejected <= count
        case .share(let share): Double(counts.rejected) <= share * Double(counts.read)
        }
    }

    /// Whether an unfinished run cannot come within the limit any more. A share can still sink; but where of the first
    /// thousand more than half is rejected, and more than the limit, the input is another thing than it should be.
    func isBeyondHope(_ counts: IngestCounts) -> Bool {
        switch self {
        case .count: !allows(counts)
        case .share(let share):
            counts.read >= 1000 && Double(counts.rejected) > max(share, 0.5) * Double(counts.read)
        }
    }
}
