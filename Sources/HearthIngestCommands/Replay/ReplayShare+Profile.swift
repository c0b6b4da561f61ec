internal import HearthProfile

extension ReplayShare {
    /// The samples in whose stacks one of the functions stands. O(sum of stack depths).
    init(of parts: [String], in profile: Profile) {
        let profile = profile.hidingThunks()
        let column = profile.column(ofType: "cpu") ?? profile.defaultSampleType
        // By frame: whether it is one of them, and which function it is.
        var functions: [String: Int] = [:]
        var isWanted: [Bool] = []
        let ofFrame = profile.frames.indices.map { index -> (function: Int?, isWanted: Bool) in
            let id = FrameID(rawValue: UInt32(index))
            let frame = profile.frame(id)
            guard frame.kind == .function || frame.kind == .inlined else { return (nil, false) }
            let name = profile.displayName(id)
            let wanted = parts.contains { name.contains($0) }
            if let known = functions[name] { return (known, wanted) }
            functions[name] = isWanted.count
            isWanted.append(wanted)
            return (isWanted.count - 1, wanted)
        }
        var all: Int64 = 0
        var found: Int64 = 0
        var totals = Array(repeating: Int64(0), count: isWanted.count)
        /// Of each function, what it costs in stacks in which one of the wanted stands.
        var together = totals
        var lastSeen = Array(repeating: -1, count: isWanted.count)
        for (row, sample) in profile.samples.enumerated() {
            let value = max(0, profile.value(row: row, column: column))
            all += value
            let frames = profile.stacks.framesLeafFirst(sample.stack).map { ofFrame[Int($0.rawValue)] }
            let isHere = frames.contains { $0.isWanted }
            if isHere { found += value }
            for case let (function?, _) in frames where lastSeen[function] != row {
                lastSeen[function] = row
                totals[function] += value
                if isHere { together[function] += value }
            }
        }
        share = all > 0 ? Double(found) / Double(all) : 0
        guard found > 0 else {
            rank = nil
            return
        }
        // What stands in most of their stacks calls them, and is no rival.
        rank = 1 + totals.indices.count { totals[$0] > found && !isWanted[$0] && together[$0] * 2 < found }
    }
}
