import CArrow
import HearthRandom
import HearthRandomColumns
import Testing

@testable import HearthArrow
@testable import HearthRuntime

/// What goes out: buffers where they are, offsets for slices, and memory that is let go once.
@Suite struct ExportTests {
    @Test(arguments: RandomColumn.kinds.indices) func whatGoesOutComesBack(kind: Int) throws {
        let kind = RandomColumn.kinds[kind]
        for seed: UInt64 in 0..<40 {
            var random = SeededGenerator(seed: seed)
            let made = random.column(like: kind, count: random.below(50), nulls: Int(seed % 4))
            let back = try ArrowBox(made.column, name: "c").imported()
            #expect(back.type == made.column.type)
            #expect(PlainValue.items(of: back) == made.values)
            // Once more, from columns that were imported themselves, and parts of them.
            let low = random.below(made.values.count + 1)
            let part = try ArrowBox(back.slice(low..<made.values.count)).imported()
            #expect(PlainValue.items(of: part) == Array(made.values[low...]))
            // And they can be appended to.
            let value = random.value(for: kind, nulls: 2)
            #expect(PlainValue.items(of: part.appending(value)) == Array(made.values[low...]) + [value])
        }
    }

    @Test func formatsAreThoseOfTheSpecification() {
        let formats = RandomColumn.kinds.map { ArrowBox($0).format }
        #expect(formats == ["Z", "U", "+L", "b", "i", "l", "f", "g", "+w:3", "+s"])
    }

    @Test func buffersAreTheColumnsOwn() throws {
        let numbers = NumberColumn([1, nil, 3])
        let box = ArrowBox(.number(numbers))
        #expect(box.buffer(0) == numbers.validity.bytes.address)
        #expect(box.buffer(1) == numbers.values.address)
        let texts = BytesColumn(["a", "b"])
        let text = ArrowBox(.text(texts))
        #expect(text.buffer(0) == 0)
        #expect(text.buffer(1) == texts.offsets.address)
        #expect(text.buffer(2) == texts.bytes.address)
        // And back again.
        guard case .number(let back) = try box.imported().content else { throw NotWhatItWas() }
        #expect(back.values.address == numbers.values.address)
        #expect(back.validity.bytes.address == numbers.validity.bytes.address)
    }

    @Test func aSliceIsAnOffset() throws {
        let numbers = IntegerColumn((0..<20).map { $0 % 3 == 0 ? nil : Int64($0) })
        let box = ArrowBox(.integer(numbers.slice(5..<13)))
        unsafe #expect(box.array.pointee.offset == 5)
        unsafe #expect(box.array.pointee.length == 8)
        unsafe #expect(box.array.pointee.null_count == 3)
        #expect(box.buffer(1) == numbers.values.address)
        #expect(box.buffer(0) == numbers.validity.bytes.address)
        let flags = BooleanColumn((0..<20).map { $0 % 3 == 0 ? nil : $0 % 2 == 0 })
        let bits = ArrowBox(.boolean(flags.slice(5..<13)))
        unsafe #expect(bits.array.pointee.offset == 5)
        #expect(bits.buffer(1) == flags.bits.bytes.address)
        #expect(bits.buffer(0) == flags.validity.bytes.address)
    }

    @Test func fieldsSayWhetherTheyMayBeNull() throws {
        let record = Column.record(
            RecordColumn(
                count: 1,
                columns: ["a": .number(NumberColumn([1])), "r": .record(RecordColumn(count: 1, columns: [:]))]))
        let box = ArrowBox(record, name: "batch")
        let field = try unsafe ArrowField(box.schema)
        #expect(field == ArrowField(record, name: "batch"))
        #expect(field.children.map(\.name) == ["a", "r"])
        #expect(field.children.map(\.isNullable) == [true, false])
        unsafe #expect(box.schema.pointee.metadata == nil)
        unsafe #expect(box.schema.pointee.dictionary == nil)
    }

    @Test(arguments: RandomColumn.kinds.indices) func memoryGoesWithTheLastOfColumnAndArray(kind: Int) throws {
        var random = SeededGenerator(seed: 7)
        var column: Column? = random.column(like: RandomColumn.kinds[kind], count: 30, nulls: 3).column
        let watch = MemoryWatch(try #require(column))
        let all = watch.alive
        #expect(all > 0)
        let box = ArrowBox(try #require(column))
        column = nil
        #expect(watch.alive == all)
        unsafe box.array.pointee.release(box.array)
        #expect(box.isReleased)
        #expect(watch.alive == 0)
    }

    /// As the specification has it: moved out bit by bit, the source marked, the parent released at once.
    @Test func aChildThatWasMovedOutOutlivesItsParent() throws {
        var column: Column? = .record(
            RecordColumn(
                count: 2, columns: ["a": .number(NumberColumn([1, nil])), "b": .text(BytesColumn(["x", "y"]))]))
        let watch = MemoryWatch(try #require(column))
        let box = ArrowBox(try #require(column))
        let field = ArrowField(try #require(column))
        column = nil
        var child = unsafe ArrowArray()
        if let place = unsafe box.array.pointee.children[0] {
            unsafe child = place.pointee
            unsafe place.pointee.release = nil
        }
        unsafe box.array.pointee.release(box.array)
        // Values and bits of "a"; those of "b" are gone.
        #expect(watch.alive == 2)
        do {
            let moved = try unsafe Column(importing: &child, as: field.children[0])
            #expect(PlainValue.items(of: moved) == [.number(1), .null])
        }
        #expect(watch.alive == 0)
    }

    @Test func schemasOfChildrenCanBeMovedOutToo() throws {
        let box = ArrowBox(.vector(VectorColumn(dimension: 12)), name: "v")
        var child = unsafe ArrowSchema()
        if let place = unsafe box.schema.pointee.children[0] {
            unsafe child = place.pointee
            unsafe place.pointee.release = nil
        }
        unsafe box.schema.pointee.release(box.schema)
        #expect(try unsafe ArrowField(&child).layout == .float)
        unsafe child.release(&child)
        unsafe #expect(child.release == nil)
    }

    /// The bits of nulls are where the values are, or are copied to be.
    @Test func nullsOfARecordBecomeThoseOfItsColumns() throws {
        let record = RecordColumn(
            count: 20,
            columns: [
                "a": .integer(IntegerColumn((0..<20).map { $0 % 4 == 0 ? nil : Int64($0) })),
                "b": .boolean(BooleanColumn((0..<20).map { $0 % 2 == 0 })),
            ])
        let box = ArrowBox(.record(record))
        let bits = BitBuffer(bytes: [0b1010_1010, 0b1111_0000, 0xFF], start: 0, count: 20)
        // A struct with nulls, which no column of ours is.
        try withExtendedLifetime(bits) {
            unsafe box.array.pointee.buffers[0] = UnsafeRawPointer(bits.bytes.memory.start)
            unsafe box.array.pointee.null_count = -1
            unsafe box.array.pointee.offset = 3
            unsafe box.array.pointee.length = 15
            let column = try box.imported()
            let items = PlainValue.items(of: column)
            for (item, row) in (3..<18).enumerated() {
                let a: PlainValue = bits[row] && row % 4 != 0 ? .integer(Int64(row)) : .null
                let b: PlainValue = bits[row] ? .boolean(row % 2 == 0) : .null
                #expect(items[item] == .record(["a": a, "b": b]))
            }
            // Out again: the bits of the nulls lie elsewhere than the values now.
            #expect(try PlainValue.items(of: ArrowBox(column).imported()) == items)
        }
    }
}

struct NotWhatItWas: Error {}
