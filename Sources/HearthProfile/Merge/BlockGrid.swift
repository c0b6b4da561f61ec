/// The time blocks of several profiles on one grid, so that what was sampled at the same time comes into the same block of
/// their sum, and what was sampled later into a later one.
///
/// Blocks are counted on the clock, as cells of a grid that begins in 1970; a block moves by less than its length. Only so are
/// sums of sums what the sum of all is.
struct BlockGrid {
    /// Blocks in use that a sum keeps, as many as the agent does in a profile: more are brought down by blocks of twice the
    /// length, or a day of windows would keep every row of every window.
    static let mostBlocks = 600

    /// Nanoseconds; 0 where no profile has blocks.
    let duration: Int64
    /// The cell of the earliest start.
    private let first: Int64

    /// O(samples).
    init(_ profiles: [Profile]) {
        var duration = profiles.map(\.blockDuration).max().map { max($0, 0) } ?? 0
        var cells: Set<Int64> = []
        if duration > 0 {
            for profile in profiles where Self.isOnClock(profile) {
                let blocks = Set(profile.samples.lazy.compactMap(\.block))
                cells.formUnion(blocks.map { Self.cell($0, of: profile, duration) })
            }
        }
        while cells.count > Self.mostBlocks, duration <= .max / 2 {
            duration *= 2
            cells = Set(cells.map { $0 / 2 })
        }
        self.duration = duration
        let start = profiles.lazy.map(\.startTime).filter { $0 > 0 }.min() ?? 0
        first = duration > 0 ? start / duration : 0
    }

    /// The sum's block for one of a profile. Where it is not known when a profile began, it begins with the earliest.
    func block(_ block: UInt32, of profile: Profile) -> UInt32 {
        guard duration > 0, profile.blockDuration > 0 else { return block }
        guard Self.isOnClock(profile) else {
            return UInt32(clamping: Self.time(Int64(block), profile.blockDuration) / duration)
        }
        return UInt32(clamping: saturatingDifference(Self.cell(block, of: profile, duration), first))
    }

    private static func isOnClock(_ profile: Profile) -> Bool { profile.blockDuration > 0 && profile.startTime > 0 }

    private static func cell(_ block: UInt32, of profile: Profile, _ duration: Int64) -> Int64 {
        let own = saturatingSum(profile.startTime / profile.blockDuration, Int64(block))
        return duration == profile.blockDuration ? own : time(own, profile.blockDuration) / duration
    }

    private static func time(_ cell: Int64, _ duration: Int64) -> Int64 {
        let (time, overflow) = cell.multipliedReportingOverflow(by: duration)
        return overflow ? .max : time
    }
}
