/// Keeps the order in which a file has its samples, where somebody wants it: each becomes a time block of its own, so that none are
/// added up.
struct SampleOrder: Sendable {
    let isKept: Bool
    private var next: UInt32 = 0

    init(isKept: Bool) { self.isKept = isKept }

    /// The block of the next sample.
    ///
    /// - Parameter own: the one that the file says.
    mutating func block(_ own: UInt32? = nil) -> UInt32? {
        guard isKept else { return own }
        defer { if next < .max { next += 1 } }
        return next
    }

    /// How long a block is.
    ///
    /// - Parameter own: as the file says.
    func duration(_ own: Int64) -> Int64 { isKept ? 0 : own }
}
