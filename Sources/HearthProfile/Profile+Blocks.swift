extension Profile {
    /// Why a profile cannot be cut into runs.
    public enum CutError: Error, Equatable, CustomStringConvertible {
        /// Samples, all or some, of which it is not known when they were taken.
        case samplesWithoutBlock(Int)
        case tooFewBlocks(Int, runs: Int)

        public var description: String {
            switch self {
            case .samplesWithoutBlock(let count): "\(count) samples are in no time block"
            case .tooFewBlocks(let count, let runs): "\(count) time blocks are too few for \(runs) runs"
            }
        }
    }

    /// The time blocks from the first to the last, those in which nothing was sampled too; 0 where no sample is in one.
    /// O(samples).
    public var blockCount: Int {
        guard let last = samples.lazy.compactMap(\.block).max() else { return 0 }
        let spanned = blockDuration > 0 && duration > 0 ? (duration - 1) / blockDuration + 1 : 0
        return max(Int(last) + 1, Int(spanned))
    }

    /// The profile cut along its time blocks into runs, one after the other in time, whose numbers of blocks differ by one
    /// at most. Each has its own start, duration and blocks from 0 on, and all tables of the whole. Together they hold
    /// every sample; one in which nothing was sampled is empty. The last block of all may be a part of one.
    /// O(samples + runs).
    ///
    /// - Parameter runs: how many, from 1 up.
    public func cut(into runs: Int) throws(CutError) -> [Profile] {
        let homeless = samples.count { $0.block == nil }
        guard homeless == 0 else { throw .samplesWithoutBlock(homeless) }
        let count = blockCount
        guard runs > 0, runs <= count else { throw .tooFewBlocks(count, runs: runs) }
        let (size, larger) = count.quotientAndRemainder(dividingBy: runs)
        // The first `larger` runs have one block more.
        let starts = (0...runs).map { size * $0 + min($0, larger) }
        var parts = (0..<runs).map { emptyRun(from: starts[$0], to: starts[$0 + 1]) }
        for (row, sample) in samples.enumerated() {
            let block = Int(sample.block ?? 0)
            let inLarger = block < larger * (size + 1)
            let run = inLarger ? block / (size + 1) : larger + (block - larger * (size + 1)) / size
            var moved = sample
            moved.block = UInt32(block - starts[run])
            parts[run].add(moved, values: values(row: row))
        }
        return parts
    }

    /// The description of what is sampled in some blocks.
    private func emptyRun(from first: Int, to end: Int) -> Profile {
        var run = self
        run.removeSamples()
        let offset = Self.length(first, of: blockDuration)
        let length = saturatingDifference(Self.length(end, of: blockDuration), offset)
        if startTime > 0 { run.startTime = saturatingSum(startTime, offset) }
        run.duration = duration > 0 ? min(length, max(saturatingDifference(duration, offset), 0)) : length
        return run
    }

    private static func length(_ blocks: Int, of duration: Int64) -> Int64 {
        let (length, overflow) = Int64(blocks).multipliedReportingOverflow(by: duration)
        return overflow ? .max : length
    }
}
