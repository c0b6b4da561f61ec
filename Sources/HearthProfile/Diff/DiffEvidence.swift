/// What the noise of a comparison is measured from.
public struct DiffEvidence: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The number of samples alone: real runs differ by more than that.
        case counts
        /// Time blocks of one profile a side: how it differs from one run to another is not seen.
        case blocks
        /// Windows that an always-on service has kept, neighbours in time together.
        case windows
        /// Several profiles a side.
        case runs
    }

    public let kind: Kind
    /// How many runs a side has, 1 where its samples are only counted.
    public let base: Int
    public let new: Int

    static let counts = DiffEvidence(kind: .counts, base: 1, new: 1)
}

extension DiffEvidence: CustomStringConvertible {
    /// As pictures say it.
    public var description: String {
        switch kind {
        case .counts: "single run: noise understated"
        case .blocks: "noise from \(count) stretches of one run each"
        case .windows: "noise from \(count) stretches of windows"
        case .runs: "noise from \(count) runs"
        }
    }

    private var count: String { "\(base) and \(new)" }
}
