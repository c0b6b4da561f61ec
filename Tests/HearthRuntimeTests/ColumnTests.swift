import HearthRuntime
import Testing

@Suite struct ColumnTests {
    @Test func textsKeepTheirNulls() {
        var column = BytesColumn(["a", nil, "", "ü"])
        #expect((0..<4).map { column.text($0) } == ["a", nil, "", "ü"])
        #expect((0..<4).map { column.isNull($0) } == [false, true, false, false])
        #expect(column.validity.nullCount == 1)
        column.pad(to: 64)
        #expect(column.count == 4)
        #expect(column.bytes.count == column.offsets[4] + 64)
    }

    @Test func validityIsABitAnItem() {
        var validity = Validity()
        for index in 0..<20 { validity.append(index % 3 != 0) }
        #expect(validity.bytes == [0b1011_0110, 0b0110_1101, 0b0000_1011])
        #expect(validity.nullCount == 7)
        #expect((0..<20).allSatisfy { validity[$0] == ($0 % 3 != 0) })
    }

    @Test func vectorsHaveTheirDimension() {
        var column = VectorColumn(dimension: 3)
        column.append([1, 2, 3])
        column.append([])
        column.append([1, 2, 3, 4])
        #expect(column.values == [1, 2, 3, 0, 0, 0, 1, 2, 3])
        #expect(Array(column[2]) == [1, 2, 3])
    }

    @Test func listsAndNumbers() {
        let lists = ListColumn([["a", "b"], [], nil, ["c"]])
        #expect((0..<4).map { lists.range($0).map { lists.values.text($0) } } == [["a", "b"], [], [], ["c"]])
        #expect((0..<4).map { lists.isNull($0) } == [false, false, true, false])
        #expect(NumberColumn([1, nil])[1] == nil)
    }
}
