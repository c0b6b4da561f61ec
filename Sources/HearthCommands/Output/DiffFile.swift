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

    /// Every function, the largest change of self first.
    static func json(_ diff: ProfileDiff) throws -> [UInt8] {
        let normalization: String
        var work: Work?
        switch diff.normalization {
        case .share: normalization = "share"
        case .absolute: normalization = "absolute"
        case .work(let base, let new):
            normalization = "work"
            work = Work(base: base, new: new)
        }
        let rows = diff.rows()
        let evidence = Evidence(
            kind: diff.evidence.kind.rawValue, base: diff.evidence.base, new: diff.evidence.new,
            note: "\(diff.evidence)",
            confidence: rows.first.map { Confidence($0.selfChange.confidence, $0.totalChange.confidence) })
        return try JSONText.encode(
            File(
                sampleType: diff.type.type, unit: diff.type.unit, normalization: normalization, work: work,
                evidence: evidence, base: diff.baseTotal, new: diff.newTotal, functions: rows.map(Row.init)))
    }

    /// Units of work that values are divided by.
    private struct Work: Encodable {
        var base: Int64
        var new: Int64
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
        var evidence: Evidence
        var base: Int64
        var new: Int64
        var functions: [Row]
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
        var presence: String

        init(_ base: Int64, _ new: Int64, _ change: DiffChange) {
            self.base = base
            self.new = new
            difference = change.difference
            interval = [change.interval.lowerBound, change.interval.upperBound]
            verdict = change.verdict.rawValue
            presence = change.presence.rawValue
        }
    }
}
