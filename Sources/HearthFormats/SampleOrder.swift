/// Keeps the order in which a file has its samples, where somebody wants it: each becomes a time block of its own, so that none are
/// added up.
struct SampleOrder: Sendable {
    let isKept: Bool
    private var next: UInt32 = 0
    /// The last block that the file said.
    private var last: UInt32?

    init(isKept: Bool) { self.isKept = isKept }

    /// The block of the next sample, in the place of one that only tells the time roughly.
    ///
    /// - Parameter own: the one that the file says.
    mutating func block(_ own: UInt32? = nil) -> UInt32? {
        guard isKept else { return own }
        defer { if next < .max { next += 1 } }
        return next
    }

    /// The same for a file whose blocks are an order of their own. A sample without one stands where the file has it, behind the
    /// last that has one.
    mutating func block(keeping own: UInt32?) -> UInt32? {
        guard isKept else { return own }
        if let own { last = own }
        return last ?? block()
    }

    /// How long a block is.
    ///
    /// - Parameter own: as the file says.
    func duration(_ own: Int64) -> Int64 { isKept ? 0 : own }
}
