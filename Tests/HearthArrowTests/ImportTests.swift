import CArrow
import HearthRandomColumns
import Testing

@testable import HearthArrow
@testable import HearthRuntime

/// What comes in, above all what is broken: an error that names the column and the fact, and memory that goes back all the same.
@Suite struct ImportTests {
    struct Broken: CustomTestStringConvertible, Sendable {
        var name: String
        var column: Column
        var error: ArrowError
        var breaking: @Sendable (ArrowBox) -> Void

        init(
            _ name: String, _ column: Column, _ fault: ArrowError.Fault, at path: String = "c",
            _ breaking: @escaping @Sendable (ArrowBox) -> Void = { _ in }
        ) {
            self.init(name, column, error: .array(column: path, fault), breaking)
        }

        init(_ name: String, _ column: Column, error: ArrowError, _ breaking: @escaping @Sendable (ArrowBox) -> Void) {
            self.name = name
            self.column = column
            self.error = error
            self.breaking = breaking
        }

        var testDescription: String { name }
    }

    private static let numbers = Column.number(NumberColumn([1, nil, 3]))
    private static let texts = Column.text(BytesColumn(["ab", "c", nil]))
    private static let lists = Column.texts(ListColumn([["a"], nil, ["b", "c"]]))
    private static let vectors = Column.vector(VectorColumn(dimension: 2, values: [1, 2, 3, 4]))
    private static let record = Column.record(RecordColumn(count: 3, columns: ["n": numbers, "t": texts]))

    private static func bytes(_ offsets: [Int64], _ text: [UInt8] = [65, 66, 67]) -> BytesColumn {
        BytesColumn(
            bytes: ColumnBuffer(text), offsets: ColumnBuffer(offsets), start: 0,
            validity: Validity(count: offsets.count - 1))
    }

    static let arrays: [Broken] = [
        Broken("released", numbers, error: .array(column: "", .released)) { box in
            unsafe box.array.pointee.release(box.array)
        },
        Broken("negative length", numbers, .length(-1)) { box in unsafe box.array.pointee.length = -1 },
        Broken("least length", numbers, .length(.min)) { box in unsafe box.array.pointee.length = .min },
        Broken("negative offset", numbers, .offset(-3)) { box in unsafe box.array.pointee.offset = -3 },
        Broken("sum beyond 64 bits", numbers, .tooLong) { box in unsafe box.array.pointee.offset = .max },
        Broken("length beyond memory", numbers, .tooLong) { box in unsafe box.array.pointee.length = .max / 2 },
        Broken("no buffers", numbers, .buffers(found: 0, expected: 2)) { box in
            unsafe box.array.pointee.n_buffers = 0
        },
        Broken("a buffer too many", texts, .buffers(found: 4, expected: 3)) { box in
            unsafe box.array.pointee.n_buffers = 4
        },
        Broken("no list of buffers", numbers, .bufferMissing(0)) { box in unsafe box.array.pointee.buffers = nil },
        Broken("no bits", numbers, .bufferMissing(0)) { box in unsafe box.array.pointee.buffers[0] = nil },
        Broken("no values", numbers, .bufferMissing(1)) { box in unsafe box.array.pointee.buffers[1] = nil },
        Broken("no offsets", texts, .bufferMissing(1)) { box in unsafe box.array.pointee.buffers[1] = nil },
        Broken("no text", texts, .bufferMissing(2)) { box in unsafe box.array.pointee.buffers[2] = nil },
        Broken("nulls below -1", numbers, .nullCount(said: -2, found: 3)) { box in
            unsafe box.array.pointee.null_count = -2
        },
        Broken("more nulls than items", numbers, .nullCount(said: 4, found: 3)) { box in
            unsafe box.array.pointee.null_count = 4
        },
        Broken("other nulls than the bits say", numbers, .nullCount(said: 2, found: 1)) { box in
            unsafe box.array.pointee.null_count = 2
        },
        Broken("children of a number", numbers, .children(found: 1, expected: 0)) { box in
            unsafe box.array.pointee.n_children = 1
        },
        Broken("a record without children", record, .children(found: 0, expected: 2)) { box in
            unsafe box.array.pointee.n_children = 0
        },
        Broken("negative children", record, .children(found: -1, expected: 2)) { box in
            unsafe box.array.pointee.n_children = -1
        },
        Broken("no list of children", record, .childMissing(0)) { box in unsafe box.array.pointee.children = nil },
        Broken("a child missing", record, .childMissing(1)) { box in
            unsafe box.array.pointee.children[1]?.pointee.release(box.array.pointee.children[1])
            unsafe box.array.pointee.children[1] = nil
        },
        Broken("a child that was moved out", record, .released, at: "c.t") { box in
            unsafe box.array.pointee.children[1]?.pointee.release(box.array.pointee.children[1])
        },
        Broken("vectors of nothing", vectors, .bufferMissing(1), at: "c.item") { box in
            unsafe box.array.pointee.children[0]?.pointee.buffers[1] = nil
        },
        Broken("a child too short", record, .beyondChild(needed: 4, has: 3), at: "c.n") { box in
            unsafe box.array.pointee.length = 4
        },
        Broken("an offset beyond the child", record, .beyondChild(needed: 8, has: 3), at: "c.n") { box in
            unsafe box.array.pointee.offset = 5
        },
        Broken("a broken child", record, .length(-2), at: "c.t") { box in
            unsafe box.array.pointee.children[1]?.pointee.length = -2
        },
        Broken("vectors beyond the child", vectors, .beyondChild(needed: 6, has: 4)) { box in
            unsafe box.array.pointee.length = 3
        },
        Broken("null in a vector", vectors, .nullInVector(item: 1)) { box in
            unsafe box.array.pointee.children[0]?.pointee.null_count = -1
            unsafe box.array.pointee.children[0]?.pointee.buffers[0] = UnsafeRawPointer(Self.threeBits)
        },
        Broken("offsets backwards", .bytes(bytes([0, 2, 1, 3])), .offsetsBackwards(item: 1)),
        Broken("negative offsets", .bytes(bytes([-1, 2])), .offsetsBackwards(item: 0)),
        Broken("offsets beyond memory", .bytes(bytes([0, .max >> 7])), .tooLong),
        Broken("no UTF-8", .text(bytes([0, 1, 2, 3], [65, 0xFF, 67])), .invalidUTF8(item: 1)),
        Broken("a character cut in two", .text(bytes([0, 2, 3], [65, 0xC3, 0xA9])), .invalidUTF8(item: 0)),
        Broken("an unfinished character", .text(bytes([0, 2], [65, 0xC3])), .invalidUTF8(item: 0)),
        Broken("a surrogate", .text(bytes([0, 3], [0xED, 0xA0, 0x80])), .invalidUTF8(item: 0)),
        Broken("a list beyond its texts", lists, .beyondChild(needed: 3, has: 2)) { box in
            unsafe box.array.pointee.children[0]?.pointee.length = 2
            unsafe box.array.pointee.children[0]?.pointee.null_count = 0
        },
        Broken(
            "a list of no UTF-8",
            .texts(
                ListColumn(values: bytes([0, 1], [0xC0]), offsets: [0, 1], start: 0, validity: Validity(count: 1))),
            .invalidUTF8(item: 0), at: "c.item"),
        Broken("a dictionary", numbers, error: .unsupported(column: "c", format: "dictionary of g")) { box in
            unsafe box.array.pointee.dictionary = box.array
        },
    ]

    /// Bits in which the fourth is clear.
    nonisolated(unsafe) private static let threeBits: UnsafeMutablePointer<UInt8> = {
        let bits = UnsafeMutablePointer<UInt8>.allocate(capacity: 8)
        unsafe bits.initialize(repeating: 0b0111, count: 8)
        return unsafe bits
    }()

    @Test(arguments: arrays) func brokenArrays(_ broken: Broken) throws {
        let box = ArrowBox(broken.column, name: "c")
        broken.breaking(box)
        #expect(throws: broken.error) { try box.imported() }
        // Taken, and given back: nothing is there to be released again.
        #expect(box.isReleased)
    }

    @Test func whatCouldNotBeReadIsLetGo() throws {
        var column: Column? = .record(RecordColumn(count: 2, columns: ["a": .text(Self.bytes([0, 2, 1]))]))
        let watch = MemoryWatch(try #require(column))
        let box = ArrowBox(try #require(column))
        column = nil
        #expect(watch.alive == 2)
        #expect(throws: ArrowError.array(column: "a", .offsetsBackwards(item: 1))) { try box.imported() }
        #expect(watch.alive == 0)
    }

    // MARK: Schemas

    @Test(arguments: [
        "n", "c", "C", "s", "S", "I", "L", "e", "vz", "vu", "d:19,10", "w:42", "tdD", "tsu:UTC", "+vl", "+m", "+r", "",
        "+w:", "+w:-1", "+w:99999999999", "+us:1", "gg", "x\u{e9}",
    ])
    func typesThatNoColumnHas(format: String) {
        let box = ArrowBox(Self.numbers, name: "c")
        unsafe format.withCString { text in
            let old = unsafe box.schema.pointee.format
            unsafe box.schema.pointee.format = text
            #expect(throws: ArrowError.unsupported(column: "c", format: format)) { try box.imported() }
            unsafe box.schema.pointee.format = old
        }
        #expect(box.isReleased)
    }

    static let schemas: [Broken] = [
        Broken("schema released", numbers, error: .schema(column: "", .released)) { box in
            unsafe box.schema.pointee.release(box.schema)
            unsafe box.schema.pointee = ArrowSchema()
        },
        Broken("no format", numbers, error: .schema(column: "c", .noFormat)) { box in
            unsafe box.schema.pointee.format = nil
        },
        Broken("children of a number", numbers, error: .schema(column: "c", .children(found: 2, expected: 0))) { box in
            unsafe box.schema.pointee.n_children = 2
        },
        Broken("negative children", record, error: .schema(column: "c", .children(found: -1, expected: 0))) { box in
            unsafe box.schema.pointee.n_children = -1
        },
        Broken("no list of children", record, error: .schema(column: "c", .childMissing(0))) { box in
            unsafe box.schema.pointee.children = nil
        },
        Broken("a child missing", record, error: .schema(column: "c", .childMissing(1))) { box in
            unsafe box.schema.pointee.children[1]?.pointee.release(box.schema.pointee.children[1])
            unsafe box.schema.pointee.children[1] = nil
        },
        Broken("two of a name", record, error: .schema(column: "c", .namedTwice("n"))) { box in
            unsafe box.schema.pointee.children[1]?.pointee.name = box.schema.pointee.children[0]?.pointee.name
        },
        Broken("a list of numbers", lists, error: .unsupported(column: "c", format: "+L of g")) { box in
            unsafe box.schema.pointee.children[0]?.pointee.format = Self.letters
        },
        Broken("vectors of doubles", vectors, error: .unsupported(column: "c", format: "+w:2 of g")) { box in
            unsafe box.schema.pointee.children[0]?.pointee.format = Self.letters
        },
        Broken("a dictionary", numbers, error: .unsupported(column: "c", format: "dictionary of g")) { box in
            unsafe box.schema.pointee.dictionary = box.schema
        },
        Broken("a schema in itself", record, error: .schema(column: Self.deepPath, .nestedTooDeep)) { box in
            // Its own child, forever.
            unsafe box.schema.pointee.children[0]?.pointee.release(box.schema.pointee.children[0])
            unsafe box.schema.pointee.children[0] = box.schema
        },
    ]
    private static let deepPath = Array(repeating: "c", count: 65).joined(separator: ".")
    nonisolated(unsafe) private static let letters = {
        let letters = UnsafeMutablePointer<CChar>.allocate(capacity: 2)
        unsafe (letters[0], letters[1]) = (CChar(UInt8(ascii: "g")), 0)
        return unsafe UnsafePointer(letters)
    }()

    @Test(arguments: schemas) func brokenSchemas(_ broken: Broken) {
        let box = ArrowBox(broken.column, name: "c")
        broken.breaking(box)
        #expect(throws: broken.error) { try box.imported() }
        #expect(box.isReleased)
    }

    @Test func namesThatAreNoUTF8() {
        let box = ArrowBox(Self.numbers)
        let name: [CChar] = [-1, 65, 0]
        unsafe name.withUnsafeBufferPointer { name in
            unsafe box.schema.pointee.name = name.baseAddress
            #expect(throws: ArrowError.schema(column: "", .nameIsNoUTF8)) { try box.imported() }
        }
    }

    // MARK: What is unusual, and right

    @Test func offsetsOf32BitsAreWidened() throws {
        for offset in [0, 3, 9, 17] {
            let box = ArrowBox(.text(BytesColumn((0..<24).map { $0 % 5 == 0 ? nil : "é\($0)" })), name: "c")
            let field = ArrowField(name: "c", layout: .text(.bits32))
            let narrow = (0...24).map { place in
                Int32(
                    unsafe box.array.pointee.buffers[1]?.assumingMemoryBound(to: Int64.self)[place] ?? 0)
            }
            try unsafe narrow.withUnsafeBufferPointer { narrow in
                unsafe box.array.pointee.buffers[1] = UnsafeRawPointer(narrow.baseAddress)
                unsafe box.array.pointee.offset = Int64(offset)
                unsafe box.array.pointee.length = Int64(24 - offset)
                unsafe box.array.pointee.null_count = -1
                let column = try unsafe Column(importing: box.array, as: field)
                let expected: [PlainValue] = (offset..<24).map { $0 % 5 == 0 ? .null : .text("é\($0)") }
                #expect(PlainValue.items(of: column) == expected)
                #expect(try PlainValue.items(of: ArrowBox(column).imported()) == expected)
            }
        }
    }

    @Test func valuesThatAreNotAlignedAreCopied() throws {
        for offset in [0, 5, 11] {
            let raw = UnsafeMutableRawPointer.allocate(byteCount: 8 * 21, alignment: 8)
            defer { unsafe raw.deallocate() }
            for place in 0..<20 {
                unsafe (raw + 1 + place * 8).storeBytes(of: Double(place), as: Double.self)
            }
            let box = ArrowBox(.number(NumberColumn((0..<20).map { $0 % 3 == 0 ? nil : 0 })), name: "c")
            unsafe box.array.pointee.buffers[1] = UnsafeRawPointer(raw + 1)
            unsafe box.array.pointee.offset = Int64(offset)
            unsafe box.array.pointee.length = Int64(20 - offset)
            unsafe box.array.pointee.null_count = -1
            let column = try box.imported()
            let expected: [PlainValue] = (offset..<20).map { $0 % 3 == 0 ? .null : .number(Double($0)) }
            #expect(PlainValue.items(of: column) == expected)
        }
    }

    /// Their nulls then lie at other bits than their values, and are moved when they go out again.
    @Test(arguments: [0, 1, 8, 10]) func vectorsThatAreNotAlignedAreCopied(offset: Int) throws {
        let raw = UnsafeMutableRawPointer.allocate(byteCount: 8 * 21, alignment: 8)
        defer { unsafe raw.deallocate() }
        for place in 0..<40 { unsafe (raw + 2 + place * 4).storeBytes(of: Float(place), as: Float.self) }
        var vectors = VectorColumn(dimension: 2)
        for item in 0..<20 {
            if item % 3 == 0 { vectors.appendNull() } else { vectors.append([0, 0]) }
        }
        let box = ArrowBox(.vector(vectors), name: "c")
        unsafe box.array.pointee.children[0]?.pointee.buffers[1] = UnsafeRawPointer(raw + 2)
        unsafe box.array.pointee.offset = Int64(offset)
        unsafe box.array.pointee.length = Int64(20 - offset)
        unsafe box.array.pointee.null_count = -1
        let column = try box.imported()
        var expected: [PlainValue] = []
        for item in offset..<20 {
            let first = Float(item * 2)
            expected.append(item % 3 == 0 ? .null : .vector([first, first + 1]))
        }
        #expect(PlainValue.items(of: column) == expected)
        #expect(try PlainValue.items(of: ArrowBox(column).imported()) == expected)
    }

    @Test func emptyColumnsNeedNoBuffers() throws {
        for kind in RandomColumn.kinds {
            let box = ArrowBox(kind)
            for place in 0..<Int(unsafe box.array.pointee.n_buffers) { unsafe box.array.pointee.buffers[place] = nil }
            #expect(try box.imported().count == 0)
        }
    }

    @Test func nullsMayHoldAnything() throws {
        var validity = Validity()
        for isValid in [true, false, true] { validity.append(isValid) }
        // Not even text.
        let texts = BytesColumn(
            bytes: [65, 0xFF, 0xFE, 66], offsets: [0, 1, 3, 4], start: 0, validity: validity)
        #expect(try ArrowBox(.text(texts)).imported() == .text(BytesColumn(["A", nil, "B"])))
    }

    @Test func memoryGoesBackOnceWithTheLastColumn() throws {
        var record: Column? = Self.record
        let box = ArrowBox(try #require(record))
        record = nil
        let released = Releases(box)
        var column: Column? = try box.imported()
        var part = column?.slice(1..<2)
        var numbers: Column?
        var texts: Column?
        if case .record(let columns) = part?.content { (numbers, texts) = (columns["n"], columns["t"]) }
        #expect(numbers?.count == 1 && texts?.count == 1)
        column = nil
        part = nil
        #expect(released.count == 0)
        numbers = nil
        #expect(released.count == 0)
        texts = nil
        #expect(released.count == 1)
    }
}

/// Counts the calls of an array's release, which it still makes.
@safe private final class Releases {
    private final class Count { var count = 0 }
    @safe private final class Original {
        let release: (UnsafeMutablePointer<ArrowArray>?) -> Void
        let data: UnsafeMutableRawPointer?
        let count: Count
        init(
            _ release: @escaping (UnsafeMutablePointer<ArrowArray>?) -> Void, _ data: UnsafeMutableRawPointer?,
            _ count: Count
        ) {
            unsafe self.release = release
            unsafe self.data = data
            self.count = count
        }
    }

    private let calls = Count()
    var count: Int { calls.count }

    init(_ box: ArrowBox) {
        guard let release = unsafe box.array.pointee.release else { return }
        let original = unsafe Original({ unsafe release($0) }, box.array.pointee.private_data, calls)
        unsafe box.array.pointee.private_data = Unmanaged.passRetained(original).toOpaque()
        unsafe box.array.pointee.release = { array in
            guard let array = unsafe array, let data = unsafe array.pointee.private_data else { return }
            let original = unsafe Unmanaged<Original>.fromOpaque(data).takeRetainedValue()
            original.count.count += 1
            unsafe array.pointee.private_data = original.data
            unsafe original.release(array)
        }
    }
}
