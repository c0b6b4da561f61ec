import HearthRandom
import HearthRandomColumns
import Testing

@testable import HearthRuntime

/// Columns of every type against plain arrays: parts that are appended to, picks, columns end to end.
@Suite struct ColumnItemsTests {
    @Test(arguments: RandomColumn.kinds.indices, 0..<6)
    func randomChangesAreThoseOfAnArray(kind: Int, seed: UInt64) {
        let kind = RandomColumn.kinds[kind]
        var random = SeededGenerator(seed: seed)
        var columns = [RandomColumn(column: kind, values: [])]
        for _ in 0..<80 {
            // Without nulls for a while, so that the first one comes late in some.
            let nulls = random.below(3) == 0 ? 3 : 0
            var next = columns[random.below(columns.count)]
            switch random.below(6) {
            case 0:
                for _ in 0..<random.below(20) {
                    let value = random.value(for: kind, nulls: nulls)
                    next.column = next.column.appending(value)
                    next.values.append(value)
                }
            case 1:
                let low = random.below(next.values.count + 1)
                let high = low + random.below(next.values.count - low + 1)
                next.column = next.column.slice(low..<high)
                next.values = Array(next.values[low..<high])
            case 2:
                let other = columns[random.below(columns.count)]
                next.column = Column.concatenation([next.column, other.column])
                next.values += other.values
            case 3 where !next.values.isEmpty:
                let places = (0..<random.below(30)).map { _ in random.below(next.values.count) }
                next.column = next.column.gathered(places)
                next.values = places.map { next.values[$0] }
            case 4:
                next = pick(of: columns, like: kind, &random)
            default:
                let fresh = random.column(like: kind, count: random.below(30), nulls: nulls)
                next = fresh
            }
            if next.values.count > 500 { next = RandomColumn(column: kind, values: []) }
            columns.append(next)
            if columns.count > 8 { columns.remove(at: random.below(columns.count)) }
            for column in columns {
                #expect(PlainValue.items(of: column.column) == column.values)
                #expect(column.column.count == column.values.count)
            }
            expectSame(columns, &random)
        }
    }

    private func pick(of columns: [RandomColumn], like kind: Column, _ random: inout SeededGenerator) -> RandomColumn {
        var picks: [Column.Pick] = []
        var values: [PlainValue] = []
        for _ in 0..<random.below(30) {
            let place = random.below(columns.count + 1) - 1
            if place < 0 {
                picks.append(.null)
                values.append(null(of: kind))
            } else if !columns[place].values.isEmpty {
                let item = random.below(columns[place].values.count)
                picks.append(Column.Pick(column: place, item: item))
                values.append(columns[place].values[item])
            }
        }
        let column = Column.picked(picks, of: columns.map(\.column), type: kind.type)
        return RandomColumn(column: column, values: values)
    }

    private func null(of kind: Column) -> PlainValue {
        guard case .record(let record) = kind.content else { return .null }
        return .record(record.columns.mapValues { null(of: $0) })
    }

    /// Items are the same where their values are, also in columns of other slices; and then their hashes are.
    private func expectSame(_ columns: [RandomColumn], _ random: inout SeededGenerator) {
        let (one, other) = (columns[random.below(columns.count)], columns[random.below(columns.count)])
        #expect((one.column == other.column) == (one.values == other.values))
        guard !one.values.isEmpty, !other.values.isEmpty else { return }
        for _ in 0..<10 {
            let (mine, others) = (random.below(one.values.count), random.below(other.values.count))
            let areSame = one.values[mine] == other.values[others]
            #expect(one.column.isSame(mine, as: others, of: other.column) == areSame)
            if areSame { #expect(one.column.itemHash(mine) == other.column.itemHash(others)) }
            #expect(one.column.isSame(mine, as: mine, of: one.column))
        }
    }

    @Test func columnsOfOtherTypesAreNeverTheSame() {
        let (text, bytes) = (Column.text(BytesColumn(["a"])), Column.bytes(BytesColumn(["a"])))
        #expect(!text.isSame(0, as: 0, of: bytes))
        #expect(text != bytes)
    }

    /// A null that comes into a byte of which a slice shows the beginning only: the bit may have been set there.
    @Test func aNullBehindASliceIsNull() {
        var values = Array<Int64?>(repeating: 1, count: 24)
        values[0] = nil
        var column = IntegerColumn(values).slice(0..<17)
        column.append(nil)
        #expect(column.isNull(17))
        #expect(column.validity.nullCount == 2)
        column.append(4)
        #expect(column[18] == 4)
    }

    @Test func whatIsPaddedCanBeAppendedTo() {
        var column = BytesColumn(["ab"])
        column.pad(to: 64)
        column.append("cd")
        #expect([column.text(0), column.text(1)] == ["ab", "cd"])
    }

    @Test func listsAreAppendedToSlices() {
        var column = ListColumn([["a"], ["b", "c"], ["d"]]).slice(0..<2)
        column.append(1, of: ListColumn([["x"], ["y", "z"]]))
        #expect([column[0], column[1], column[2]] == [["a"], ["b", "c"], ["y", "z"]])
    }

    @Test func valuesOfNullsAreZeroWhateverLiesThere() {
        var validity = Validity()
        for isValid in [true, false] { validity.append(isValid) }
        let numbers = NumberColumn(values: [1, 2], start: 0, validity: validity)
        #expect([numbers.value(0), numbers.value(1)] == [1, 0])
        let vectors = VectorColumn(dimension: 2, values: [1, 2, 3, 4], start: 0, validity: validity)
        #expect(vectors[1] == [0, 0])
        let texts = BytesColumn(bytes: [65, 66], offsets: [0, 1, 2], start: 0, validity: validity)
        #expect(texts.range(1).isEmpty)
        #expect(texts == BytesColumn(["A", nil]))
    }

    @Test func picksOfARecordTakeTimeByTheItem() {
        let record = Column.record(
            RecordColumn(count: 4_000, columns: ["n": .integer(IntegerColumn((0..<4_000).map { Int64($0) }))]))
        let back = record.gathered((0..<4_000).reversed())
        #expect(PlainValue.items(of: back).first == .record(["n": .integer(3_999)]))
        #expect(back.count == 4_000)
    }
}

@Suite struct ValidityTests {
    @Test(arguments: 0..<40) func randomChangesAreThoseOfAnArray(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var pairs: [(validity: Validity, array: [Bool])] = [(Validity(), [])]
        for _ in 0..<120 {
            var (validity, array) = pairs[random.below(pairs.count)]
            switch random.below(5) {
            case 0:
                let value = random.below(3) != 0
                validity.append(value)
                array.append(value)
            case 1:
                let (value, count) = (random.below(2) == 0, random.below(40))
                validity.append(value, count: count)
                array += Array(repeating: value, count: count)
            case 2:
                let low = random.below(array.count + 1)
                let high = low + random.below(array.count - low + 1)
                validity = validity.slice(low..<high)
                array = Array(array[low..<high])
            case 3:
                let other = pairs[random.below(pairs.count)]
                validity.append(contentsOf: other.validity)
                array += other.array
            default:
                let other = Validity(BitBuffer(repeating: random.below(2) == 0, count: array.count))
                validity = validity.intersection(other)
                array = array.indices.map { array[$0] && other[$0] }
            }
            if array.count > 1_000 { (validity, array) = (Validity(), []) }
            pairs.append((validity, array))
            if pairs.count > 10 { pairs.remove(at: random.below(pairs.count)) }
            for (validity, array) in pairs {
                #expect(array.indices.map { validity[$0] } == array)
                #expect(validity.nullCount == array.count { !$0 })
                #expect(validity.count == array.count)
                #expect(validity.nullCount > 0 || validity.bytes.isEmpty)
            }
        }
    }
}
