package import HearthRandom
package import HearthRuntime

/// Columns of any type, and what is in them.
package struct RandomColumn: Sendable {
    package var column: Column
    package var values: [PlainValue]

    package init(column: Column, values: [PlainValue]) {
        self.column = column
        self.values = values
    }

    /// One of each kind, empty.
    package static let kinds: [Column] = [
        .bytes(BytesColumn()), .text(BytesColumn()), .texts(ListColumn()), .boolean(BooleanColumn()),
        .integer32(Integer32Column()), .integer(IntegerColumn()), .float(FloatColumn()), .number(NumberColumn()),
        .vector(VectorColumn(dimension: 3)),
        .record(
            RecordColumn(
                count: 0,
                columns: [
                    "flag": .boolean(BooleanColumn()), "name": .text(BytesColumn()), "tags": .texts(ListColumn()),
                    "place": .vector(VectorColumn(dimension: 2)),
                ])),
    ]
}

extension SeededGenerator {
    /// A value for a column of this kind; null once in `nulls` times, never where that is 0.
    package mutating func value(for kind: Column, nulls: Int) -> PlainValue {
        if case .record(let record) = kind.content {
            // In the order of names, so that a seed is the same column every time.
            var values: [String: PlainValue] = [:]
            for name in record.names {
                if let column = record[name] { values[name] = value(for: column, nulls: nulls) }
            }
            return .record(values)
        }
        if nulls > 0, oneIn(nulls) { return .null }
        switch kind.content {
        case .bytes: return .bytes((0..<below(20)).map { _ in UInt8(below(256)) })
        case .text: return .text(text())
        case .texts: return .texts((0..<below(4)).map { _ in text() })
        case .boolean: return .boolean(below(2) == 1)
        case .integer32: return .integer(Int64(Int32.random(in: .min ... .max, using: &self)))
        case .integer: return .integer(Int64.random(in: .min ... .max, using: &self))
        case .float: return .number(Double(Float.random(in: -1e6...1e6, using: &self)))
        case .number: return .number(Double.random(in: -1e9...1e9, using: &self))
        case .vector(let vectors):
            return .vector((0..<vectors.dimension).map { _ in Float.random(in: -1...1, using: &self) })
        case .record: return .null
        }
    }

    private mutating func text() -> String {
        let letters: [Character] = ["a", "b", "\"", "é", "界", "🦊", " ", "z"]
        return String((0..<below(12)).map { _ in letters[below(letters.count)] })
    }

    /// A column, which in half of the cases is a slice of a larger one.
    package mutating func column(like kind: Column, count: Int, nulls: Int) -> RandomColumn {
        let isSlice = below(2) == 1
        let (before, behind) = isSlice ? (below(20), below(20)) : (0, 0)
        // Of its own memory, also where nothing follows.
        var column = kind.gathered([])
        var values: [PlainValue] = []
        for item in 0..<before + count + behind {
            let value = value(for: kind, nulls: nulls)
            column = column.appending(value)
            if item >= before, item < before + count { values.append(value) }
        }
        return RandomColumn(column: column.slice(before..<before + count), values: values)
    }
}
