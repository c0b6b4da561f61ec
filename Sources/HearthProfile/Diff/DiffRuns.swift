/// One side of a comparison and how it falls into runs, whose scatter is the noise.
package struct DiffRuns {
    /// Neighbouring blocks are put together until there are no more runs than this: what follows shortly after is alike, so
    /// that many short runs would seem to say more than they do.
    static let mostFromBlocks = 20
    /// Fewer blocks than this are no measure of anything.
    static let fewestBlocks = 10
    /// So many blocks are no recording, but two that lie far apart, or times that are none: a month of seconds has fewer.
    private static let mostBlocks = 3_000_000

    private(set) var profiles: [Profile]
    let column: Int
    let kind: DiffEvidence.Kind
    /// The run of each block; nil where the whole profile is one run.
    private let runOfBlock: [UInt32: Int]?
    /// How much of what values are divided by each run has: units of work, of time, or 1.
    let sizes: [Double]

    var count: Int { sizes.count }

    /// Every profile is a run.
    ///
    /// - Parameter sizes: units of work, one a profile; where nil the runs count alike.
    package init(_ profiles: [Profile], column: Int, sizes: [Double]? = nil) {
        precondition(sizes.map { $0.count == profiles.count } ?? true, "one size a profile")
        self.init(
            profiles: profiles, column: column, kind: profiles.count > 1 ? .runs : .counts, runOfBlock: nil,
            sizes: sizes ?? Array(repeating: 1, count: profiles.count))
    }

    /// The time blocks of a profile are the runs, where it has enough of them.
    init(blocksOf profile: Profile, column: Int) {
        let count = profile.blockCount
        if (Self.fewestBlocks...Self.mostBlocks).contains(count), profile.samples.allSatisfy({ $0.block != nil }) {
            let (runs, sizes) = Self.grouped((0..<count).map { (UInt32($0), 1.0) })
            self.init(profiles: [profile], column: column, kind: .blocks, runOfBlock: runs, sizes: sizes)
        } else {
            self.init([profile], column: column)
        }
    }

    /// The windows of a store are the runs.
    ///
    /// - Parameters:
    ///   - profile: with the windows as time blocks.
    ///   - sizes: for each block in which there was a window, units of work, or of time.
    package init(windowsOf profile: Profile, column: Int, sizes: [UInt32: Double]) {
        let (runs, sums) = Self.grouped(sizes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        if sums.count > 1 {
            self.init(profiles: [profile], column: column, kind: .windows, runOfBlock: runs, sizes: sums)
        } else {
            self.init([profile], column: column)
        }
    }

    private init(
        profiles: [Profile], column: Int, kind: DiffEvidence.Kind, runOfBlock: [UInt32: Int]?, sizes: [Double]
    ) {
        self.profiles = profiles
        self.column = column
        self.kind = kind
        self.runOfBlock = runOfBlock
        self.sizes = sizes
    }

    /// Neighbours together, none of size 0.
    private static func grouped(_ blocks: [(UInt32, Double)]) -> (runs: [UInt32: Int], sizes: [Double]) {
        let groups = min(mostFromBlocks, blocks.count)
        var runs: [UInt32: Int] = [:]
        var sizes: [Double] = []
        var group = -1
        for (place, (block, size)) in blocks.enumerated() {
            let own = place * groups / blocks.count
            if sizes.isEmpty || own != group && sizes[sizes.count - 1] > 0 {
                sizes.append(0)
                group = own
            }
            runs[block] = sizes.count - 1
            sizes[sizes.count - 1] += max(size, 0)
        }
        if let last = sizes.last, last <= 0, sizes.count > 1 {
            let previous = sizes.count - 2
            for (block, run) in runs where run > previous { runs[block] = previous }
            sizes.removeLast()
        }
        return (runs, sizes)
    }

    /// A row of one of the profiles.
    struct Row {
        var profile: Int
        var index: Int
    }

    /// The rows of each run. O(samples).
    func rowsByRun() -> [[Row]] {
        var rows: [[Row]] = Array(repeating: [], count: count)
        for (number, profile) in profiles.enumerated() {
            for (index, sample) in profile.samples.enumerated() {
                rows[run(of: sample, inProfile: number)].append(Row(profile: number, index: index))
            }
        }
        return rows
    }

    /// The sum of each run's values above 0. O(samples).
    func totals() -> [Int64] {
        var sums = Array(repeating: Int64(0), count: count)
        for (number, profile) in profiles.enumerated() {
            for (index, sample) in profile.samples.enumerated() {
                let run = run(of: sample, inProfile: number)
                sums[run] = saturatingSum(sums[run], max(0, profile.value(row: index, column: column)))
            }
        }
        return sums
    }

    /// Of a sample in a block that nothing was said of, the first.
    private func run(of sample: Profile.Sample, inProfile number: Int) -> Int {
        guard let runOfBlock else { return number }
        return sample.block.flatMap { runOfBlock[$0] } ?? 0
    }

    /// The sum of all values above 0. O(samples).
    var total: Int64 { totals().reduce(0, saturatingSum) }

    func hidingThunks() -> DiffRuns {
        var copy = self
        copy.profiles = profiles.map { $0.hidingThunks() }
        return copy
    }
}
