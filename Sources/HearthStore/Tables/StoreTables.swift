/// What rows refer to, as plain arrays of numbers: the tables of a segment, and those of a query's result.
///
/// Stacks, labels and strings begin with the empty one at index 0, as in a `Profile`. A series is a stack under a set of
/// labels: the rows of all windows of a segment refer to one table of series, so adding them up takes an addition a row.
struct StoreTables {
    struct Image: Hashable {
        var path: UInt32
        var buildID: UInt32
        var start: UInt64
        var end: UInt64
        var bias: UInt64
        var fileOffset: UInt64
    }

    struct Frame: Hashable {
        var name: UInt32
        var fullName: UInt32
        var file: UInt32
        var line: UInt32
        /// Index + 1 of the image; 0 without one.
        var image: UInt32
        /// See ``StoredFrameKind``.
        var kind: UInt8
        var address: UInt64
    }

    struct Stack: Hashable {
        /// Stands before this stack in the table.
        var parent: UInt32
        var frame: UInt32
    }

    struct Label: Hashable {
        var key: UInt32
        var value: Value

        enum Value: Hashable {
            case text(UInt32)
            case number(Int64, unit: UInt32)
        }
    }

    struct Series: Hashable {
        var stack: UInt32
        var labels: UInt32
    }

    /// How far tables have come: what a record adds stands between two of these.
    struct Mark: Equatable {
        var strings = 1
        var images = 0
        var frames = 0
        var stacks = 1
        var labelSets = 1
        var series = 0
    }

    var strings = ByteStrings()
    var images: [Image] = []
    var frames: [Frame] = []
    var stacks = [Stack(parent: 0, frame: 0)]
    var labelSets = LabelSets()
    var series: [Series] = []

    var mark: Mark {
        Mark(
            strings: strings.count, images: images.count, frames: frames.count, stacks: stacks.count,
            labelSets: labelSets.count, series: series.count)
    }

    /// About what the tables take in memory, their indexes included.
    var byteCount: Int {
        strings.bytes.count + strings.count * 16 + images.count * 64 + frames.count * 56 + stacks.count * 16
            + labelSets.labels.count * 24 + labelSets.count * 16 + series.count * 16
    }
}

/// Sets of labels one after the other, the labels of each in the order of their keys' indexes.
struct LabelSets {
    private(set) var labels: [StoreTables.Label] = []
    private var ends = [0]

    var count: Int { ends.count }

    subscript(_ index: UInt32) -> ArraySlice<StoreTables.Label> {
        index == 0 ? [] : labels[ends[Int(index) - 1]..<ends[Int(index)]]
    }

    mutating func append(_ set: [StoreTables.Label]) {
        labels.append(contentsOf: set)
        ends.append(labels.count)
    }
}
