/// The name of a segment's file: a number that goes up with every segment of the store, and the writer's run.
///
/// `000000000042-9f3c21ab00d1e277.segment`. The numbers give the order in which segments were made, which no clock that
/// is set back can spoil; two writers may take the same one, so the run makes the name unique.
struct SegmentName: Hashable, Comparable {
    var number: UInt64
    var run: UInt64

    /// While a segment has no header yet: nobody reads it.
    static let partialSuffix = ".partial"
    static let suffix = ".segment"

    /// Names with higher numbers are not ours: the number goes up by one a segment.
    private static let numberLimit: UInt64 = 1 << 48

    init(number: UInt64, run: UInt64) {
        self.number = number
        self.run = run
    }

    /// Nil for what is not the name of a segment.
    init?(_ file: String) {
        guard file.hasSuffix(Self.suffix) else { return nil }
        let parts = file.dropLast(Self.suffix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = UInt64(parts[0]), number < Self.numberLimit, parts[1].utf8.count == 16,
            let run = UInt64(parts[1], radix: 16)
        else { return nil }
        self.init(number: number, run: run)
        guard self.file == file else { return nil }
    }

    var file: String {
        "\(Self.padded(String(number), to: 12))-\(Self.padded(String(run, radix: 16), to: 16))\(Self.suffix)"
    }

    static func < (left: SegmentName, right: SegmentName) -> Bool {
        (left.number, left.run) < (right.number, right.run)
    }

    private static func padded(_ digits: String, to count: Int) -> String {
        String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}
