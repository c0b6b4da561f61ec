internal import HearthFormats
internal import HearthProfile

/// A difference as files for other programs.
enum DiffFile {
    /// Stacks with two columns of counts, as they were counted: not normalised.
    static func folded(_ diff: ProfileDiff) -> [UInt8] {
        var stacks: [(names: [String], base: Int64, new: Int64)] = []
        diff.forEachStack { stacks.append(($0, $1, $2)) }
        return DifferentialCollapsed.encode(stacks, type: diff.type)
    }

    /// Every function, the largest change of self first, and every frame of the graph, callers before what they call.
    static func json(_ diff: ProfileDiff) throws -> [UInt8] {
        let normalization: String
        var work: Work?
        var seconds: Work?
        switch diff.normalization {
        case .share: normalization = "share"
        case .absolute: normalization = "absolute"
        case .work(let base, let new):
            normalization = "work"
            work = Work(base: Double(base), new: Double(new))
        case .time:
            normalization = "time"
            seconds = diff.normalization.divisors.map(Work.init)
        }
        let rows = diff.rows()
        let evidence = Evidence(
            kind: diff.evidence.kind.rawValue, base: diff.evidence.base, new: diff.evidence.new,
            note: "\(diff.evidence)",
            confidence: rows.first.map { Confidence($0.selfChange.confidence, $0.totalChange.confidence) })
        return try JSONText.encode(
            File(
                sampleType: diff.type.type, unit: diff.type.unit, normalization: normalization, work: work,
                seconds: seconds, evidence: evidence, base: diff.baseTotal, new: diff.newTotal,
                functions: rows.map(Row.init), frames: frames(diff)))
    }

    private static func frames(_ diff: ProfileDiff) -> [FrameRow] {
        let (tree, family, functions) = (diff.tree, diff.nodeFamily(), diff.changesOfFunctions())
        // Nodes whose values were all filtered out are no frames: those that are left are counted anew.
        var numbers = Array(repeating: -1, count: tree.count)
        var rows: [FrameRow] = []
        for node in 1..<max(tree.count, 1) where tree.totals[0][node] > 0 || tree.totals[1][node] > 0 {
            numbers[node] = rows.count
            let function = Int(tree.nodeFunctions[node])
            let change = diff.change(ofNode: node, in: family)
            rows.append(
                FrameRow(
                    function: tree.functions[function].name, caller: numbers[Int(tree.parents[node])],
                    moved: change.hasMoved(within: functions[function]),
                    own: Values(base: tree.selfValues[0][node], new: tree.selfValues[1][node]),
                    total: Change(tree.totals[0][node], tree.totals[1][node], change)))
        }
        return rows
    }

    /// Units of work, or seconds, that values are divided by.
    private struct Work: Encodable {
        var base: Double
        var new: Double
    }

    private struct Values: Encodable {
        var base: Int64
        var new: Int64
    }

    /// One frame of the graph: a function under one chain of callers.
    private struct FrameRow: Encodable {
        var function: String
        /// Index of the frame that calls it, -1 for none.
        var caller: Int
        /// It has changed, and its function as a whole surely by less.
        var moved: Bool
        var own: Values
        var total: Change

        enum CodingKeys: String, CodingKey {
            case function, caller, moved, total
            case own = "self"
        }
    }

    /// What the noise was measured from, and how sure the intervals are.
    private struct Evidence: Encodable {
        var kind: String
        var base: Int
        var new: Int
        var note: String
        var confidence: Confidence?
    }

    private struct Confidence: Encodable {
        var selfChange: Double
        var totalChange: Double

        init(_ selfChange: Double, _ totalChange: Double) {
            self.selfChange = selfChange
            self.totalChange = totalChange
        }

        enum CodingKeys: String, CodingKey {
            case selfChange = "self"
            case totalChange = "total"
        }
    }

    private struct File: Encodable {
        var sampleType: String
        var unit: String
        var normalization: String
        var work: Work?
        var seconds: Work?
        var evidence: Evidence
        var base: Int64
        var new: Int64
        var functions: [Row]
        var frames: [FrameRow]
    }

    private struct Row: Encodable {
        var function: String
        var fullName: String
        var image: String
        var selfChange: Change
        var totalChange: Change

        init(_ row: DiffRow) {
            function = row.name
            fullName = row.fullName
            image = row.image
            selfChange = Change(row.base.selfValue, row.new.selfValue, row.selfChange)
            totalChange = Change(row.base.totalValue, row.new.totalValue, row.totalChange)
        }

        enum CodingKeys: String, CodingKey {
            case function, fullName, image
            case selfChange = "self"
            case totalChange = "total"
        }
    }

    /// Values in the unit of the file; difference and interval in the terms of its normalization, shares being 0 to 1
    /// and costs those of a unit of work.
    private struct Change: Encodable {
        var base: Int64
        var new: Int64
        var difference: Double
        var interval: [Double]
        var verdict: String
        /// Whether there are samples enough for one.
        var judged: Bool
        var presence: String

        init(_ base: Int64, _ new: Int64, _ change: DiffChange) {
            self.base = base
            self.new = new
            difference = change.difference
            interval = [change.interval.lowerBound, change.interval.upperBound]
            verdict = change.verdict.rawValue
            judged = change.isJudged
            presence = change.presence.rawValue
        }
    }
}
