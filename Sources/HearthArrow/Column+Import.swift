public import CArrow
public import HearthRuntime

/// Columns out of `ArrowArray`.
extension Column {
    /// Takes an array whose type a schema describes.
    ///
    /// The values are not copied: they stay where they are, and the array is released when the last column that shares them is gone,
    /// on the thread where that happens. Copied are offsets of 32 bits, which become 64, values that do not lie at a multiple
    /// of their size, and the bits of nulls of a record with nulls, which become nulls of its columns. O(columns), and O(items)
    /// where there are nulls, offsets, or texts, whose UTF-8 is checked.
    ///
    /// How large buffers are, no array says: that they hold what lengths and offsets claim, and that they stay as they are,
    /// cannot be checked. All else is.
    ///
    /// - Parameters:
    ///   - array: is moved from: afterwards it counts as released, also where this throws.
    ///   - schema: is read, and stays the caller's to release.
    public init(
        importing array: UnsafeMutablePointer<ArrowArray>, schema: UnsafePointer<ArrowSchema>
    ) throws(ArrowError) {
        let owner = unsafe try ImportedArray(moving: array)
        try self.init(owner, as: unsafe ArrowField(schema))
    }

    /// The same where the type is known.
    public init(importing array: UnsafeMutablePointer<ArrowArray>, as field: ArrowField) throws(ArrowError) {
        let owner = unsafe try ImportedArray(moving: array)
        try self.init(owner, as: field)
    }

    private init(_ owner: ImportedArray, as field: ArrowField) throws(ArrowError) {
        self = try unsafe owner.withArray { (array) throws(ArrowError) in
            unsafe try ArrayReader(array, field, owner: owner).column()
        }
    }
}

/// An array of somebody else's, given back when nobody refers to it any more.
@safe final class ImportedArray: @unchecked Sendable {
    private var array: ArrowArray

    init(moving source: UnsafeMutablePointer<ArrowArray>) throws(ArrowError) {
        guard unsafe source.pointee.release != nil else { throw .array(column: "", .released) }
        unsafe array = source.pointee
        unsafe source.pointee.release = nil
    }

    func withArray<R>(_ body: (UnsafePointer<ArrowArray>) throws(ArrowError) -> R) throws(ArrowError) -> R {
        try unsafe withUnsafePointer(to: &array, body)
    }

    deinit { unsafe withUnsafeMutablePointer(to: &array) { unsafe $0.pointee.release?($0) } }
}

/// Reads one array, looking at nothing before it knows that it may.
@safe private struct ArrayReader {
    private let array: ArrowArray
    private let field: ArrowField
    private let owner: ImportedArray
    private let length: Int
    private let offset: Int
    private var end: Int { offset + length }

    init(_ array: UnsafePointer<ArrowArray>, _ field: ArrowField, owner: ImportedArray) throws(ArrowError) {
        unsafe self.array = array.pointee
        self.field = field
        self.owner = owner
        unsafe length = Int(array.pointee.length)
        unsafe offset = Int(array.pointee.offset)
        guard unsafe array.pointee.release != nil else { throw .array(column: field.name, .released) }
        guard unsafe array.pointee.dictionary == nil else {
            throw .unsupported(column: field.name, format: "dictionary of \(field.layout.format)")
        }
        guard length >= 0 else { throw fault(.length(length)) }
        guard offset >= 0 else { throw fault(.offset(offset)) }
        // So that no product with the size of an item is beyond an address.
        let (sum, overflows) = offset.addingReportingOverflow(length)
        guard !overflows, sum <= Int.max >> 8 else { throw fault(.tooLong) }
        try checkCounts()
    }

    private func fault(_ fault: ArrowError.Fault) -> ArrowError { .array(column: field.name, fault) }

    private func checkCounts() throws(ArrowError) {
        let (buffers, children) = unsafe (Int(array.n_buffers), Int(array.n_children))
        let expected =
            switch field.layout {
            case .boolean, .integer32, .integer, .float, .number, .list: 2
            case .bytes, .text: 3
            case .vector, .record: 1
            }
        guard buffers == expected else { throw fault(.buffers(found: buffers, expected: expected)) }
        guard unsafe array.buffers != nil else { throw fault(.bufferMissing(0)) }
        guard children == field.children.count else {
            throw fault(.children(found: children, expected: field.children.count))
        }
        guard unsafe children == 0 || array.children != nil else { throw fault(.childMissing(0)) }
    }

    private func child(_ place: Int) throws(ArrowError) -> ArrayReader {
        guard let child = unsafe array.children[place] else { throw fault(.childMissing(place)) }
        return try inside { () throws(ArrowError) in
            unsafe try ArrayReader(UnsafePointer(child), field.children[place], owner: owner)
        }
    }

    /// What concerns a child, with its errors named as those of a column inside this one.
    private func inside<R>(_ body: () throws(ArrowError) -> R) throws(ArrowError) -> R {
        do throws(ArrowError) {
            return try body()
        } catch {
            throw error.inside(field.name)
        }
    }

    /// A buffer that holds something.
    private func buffer(_ place: Int) throws(ArrowError) -> UnsafeRawPointer {
        guard let start = unsafe array.buffers[place] else { throw fault(.bufferMissing(place)) }
        return unsafe start
    }

    private func borrowed<Element>(_ start: UnsafeRawPointer, count: Int) -> ColumnBuffer<Element> {
        ColumnBuffer(unsafe ColumnMemory(start, owner: owner), count: count)
    }

    // MARK: By type

    func column() throws(ArrowError) -> Column {
        switch field.layout {
        case .boolean: .boolean(try boolean())
        case .integer32: .integer32(try scalars())
        case .integer: .integer(try scalars())
        case .float: .float(try scalars())
        case .number: .number(try scalars())
        case .bytes: .bytes(try bytes())
        case .text: .text(try texts())
        case .list: .texts(try list())
        case .vector(let dimension): .vector(try vectors(dimension))
        case .record: .record(try record())
        }
    }

    /// - Parameter start: the bit that is the first item's; the offset, or less by whole bytes.
    private func validity(start: Int) throws(ArrowError) -> Validity {
        let said = unsafe Int(array.null_count)
        guard said >= -1, said <= length else { throw fault(.nullCount(said: said, found: length)) }
        // Bits may be there and mean nothing where there is no null.
        guard said != 0, length > 0 else { return Validity(count: length) }
        guard let bits = unsafe array.buffers[0] else {
            if said > 0 { throw fault(.bufferMissing(0)) }
            return Validity(count: length)
        }
        let bytes: ColumnBuffer<UInt8> = unsafe borrowed(
            bits + (offset - start) / 8, count: (start + length + 7) / 8)
        let validity = Validity(BitBuffer(bytes: bytes, start: start, count: length))
        guard said == -1 || said == validity.nullCount else {
            throw fault(.nullCount(said: said, found: validity.nullCount))
        }
        return validity
    }

    private func boolean() throws(ArrowError) -> BooleanColumn {
        guard length > 0 else { return BooleanColumn() }
        let bytes: ColumnBuffer<UInt8> = unsafe borrowed(try buffer(1), count: (end + 7) / 8)
        return BooleanColumn(
            bits: BitBuffer(bytes: bytes, start: offset, count: length), validity: try validity(start: offset))
    }

    private func scalars<Element: ColumnScalar>() throws(ArrowError) -> ScalarColumn<Element> {
        guard length > 0 else { return ScalarColumn() }
        let (values, start): (ColumnBuffer<Element>, Int) = unsafe numbers(try buffer(1))
        return ScalarColumn(values: values, start: start, validity: try validity(start: start))
    }

    /// Numbers and which of them is the first item's: as they lie there, or copied to where they can be read.
    ///
    /// A copy begins up to seven items before the first one, so that bits of nulls stay at their places in their bytes.
    private func numbers<Element>(_ source: UnsafeRawPointer, more: Int = 0) -> (ColumnBuffer<Element>, Int) {
        if UInt(bitPattern: source) % UInt(MemoryLayout<Element>.alignment) == 0 {
            return (unsafe borrowed(source, count: end + more), offset)
        }
        let (start, size) = (offset % 8, MemoryLayout<Element>.stride)
        let count = start + length + more
        let memory = ColumnMemory(byteCount: count * size)
        unsafe memory.start.copyMemory(from: source + (offset - start) * size, byteCount: count * size)
        return (ColumnBuffer(memory, count: count), start)
    }

    private func bytes() throws(ArrowError) -> BytesColumn {
        guard length > 0 else { return BytesColumn() }
        let (offsets, start) = try offsets(within: nil)
        let size = Int(offsets[start + length])
        let data = unsafe array.buffers[2]
        guard unsafe data != nil || size == 0 else { throw fault(.bufferMissing(2)) }
        let bytes: ColumnBuffer<UInt8> = if let data = unsafe data { unsafe borrowed(data, count: size) } else { [] }
        return BytesColumn(bytes: bytes, offsets: offsets, start: start, validity: try validity(start: start))
    }

    private func texts() throws(ArrowError) -> BytesColumn {
        let column = try bytes()
        if let item = column.firstInvalidText { throw fault(.invalidUTF8(item: item)) }
        return column
    }

    private func list() throws(ArrowError) -> ListColumn {
        let child = try child(0)
        guard length > 0 else { return ListColumn() }
        let values = try inside { () throws(ArrowError) in try child.texts() }
        let (offsets, start) = try offsets(within: values.count)
        // Without what comes behind the last list.
        return ListColumn(
            values: values.slice(0..<Int(offsets[start + length])), offsets: offsets, start: start,
            validity: try validity(start: start))
    }

    private func vectors(_ dimension: Int) throws(ArrowError) -> VectorColumn {
        let child = try child(0)
        // Which of the numbers are null: in vectors that are null themselves some may be.
        let numbers = try inside { () throws(ArrowError) in try child.validity(start: child.offset) }
        let (needed, overflows) = end.multipliedReportingOverflow(by: dimension)
        guard !overflows else { throw fault(.tooLong) }
        guard child.length >= needed else { throw fault(.beyondChild(needed: needed, has: child.length)) }
        guard length > 0, dimension > 0 else {
            return VectorColumn(
                dimension: dimension, values: [], start: 0, validity: try validity(start: offset))
        }
        let validity = try validity(start: offset)
        for item in 0..<length where validity[item] && numbers.nullCount > 0 {
            for place in (offset + item) * dimension..<(offset + item + 1) * dimension where !numbers[place] {
                throw fault(.nullInVector(item: item))
            }
        }
        let first = unsafe try inside { () throws(ArrowError) in unsafe try child.buffer(1) }
        let source = unsafe first + child.offset * MemoryLayout<Float>.stride
        if UInt(bitPattern: source) % UInt(MemoryLayout<Float>.alignment) == 0 {
            return VectorColumn(
                dimension: dimension, values: unsafe borrowed(source, count: needed), start: offset, validity: validity)
        }
        let (count, size) = (length * dimension, MemoryLayout<Float>.stride)
        let memory = ColumnMemory(byteCount: count * size)
        unsafe memory.start.copyMemory(from: source + offset * dimension * size, byteCount: count * size)
        return VectorColumn(
            dimension: dimension, values: ColumnBuffer(memory, count: count), start: 0, validity: validity)
    }

    private func record() throws(ArrowError) -> RecordColumn {
        var columns: [String: Column] = Dictionary(minimumCapacity: field.children.count)
        for (place, childField) in field.children.enumerated() {
            let child = try child(place)
            columns[childField.name] = try inside { () throws(ArrowError) in
                guard child.length >= end else { throw child.fault(.beyondChild(needed: end, has: child.length)) }
                return try child.column().slice(offset..<end)
            }
        }
        let validity = try validity(start: offset)
        let record = RecordColumn(count: length, columns: columns)
        return validity.nullCount == 0 ? record : record.withValidity(validity)
    }

    // MARK: Offsets

    private func offsets(within limit: Int?) throws(ArrowError) -> (ColumnBuffer<Int64>, Int) {
        let source = unsafe try buffer(1)
        var (offsets, start): (ColumnBuffer<Int64>, Int)
        switch field.layout {
        case .bytes(.bits32), .text(.bits32), .list(.bits32):
            // Up to seven before the first one, for the sake of bits of nulls.
            start = offset % 8
            offsets = ColumnBuffer(capacity: start + length + 1)
            offsets.append(repeating: 0, count: start)
            for item in offset...end {
                offsets.append(
                    Int64(
                        unsafe source.loadUnaligned(fromByteOffset: item * MemoryLayout<Int32>.stride, as: Int32.self)))
            }
        default: (offsets, start) = unsafe numbers(source, more: 1)
        }
        if let item = unsafe offsets[start...start + length].withUnsafeBufferPointer({ unsafe Self.backwards($0) }) {
            throw fault(.offsetsBackwards(item: max(0, item - 1)))
        }
        let last = offsets[start + length]
        guard last <= Int.max >> 8 else { throw fault(.tooLong) }
        if let limit, last > limit { throw fault(.beyondChild(needed: Int(last), has: limit)) }
        return (offsets, start)
    }

    /// The first place that is below the one before it, or below zero.
    private static func backwards(_ offsets: UnsafeBufferPointer<Int64>) -> Int? {
        // One sign bit for all of them: without a branch, since all is right nearly always.
        var (before, sign): (Int64, Int64) = (0, 0)
        for place in offsets.indices {
            let next = unsafe offsets[place]
            sign |= next | (next &- before)
            before = next
        }
        if sign >= 0 { return nil }
        return offsets.indices.first { unsafe offsets[$0] < max(0, $0 > 0 ? offsets[$0 - 1] : 0) }
    }
}

extension BytesColumn {
    /// The first item that is no UTF-8; what a null holds does not matter.
    fileprivate var firstInvalidText: Int? {
        guard count > 0 else { return nil }
        let whole = Int(offsets[start])..<Int(offsets[start + count])
        if whole.isEmpty { return nil }
        // All at once, which is several times as fast; then only no item may begin inside a character.
        let isValid = unsafe bytes[whole].withUnsafeBufferPointer { bytes in
            unsafe Self.isText(bytes)
                && offsets[start..<start + count].withUnsafeBufferPointer { offsets in
                    unsafe offsets.allSatisfy { offset in
                        let place = Int(offset) - whole.lowerBound
                        return unsafe place == bytes.count || bytes[place] & 0xC0 != 0x80
                    }
                }
        }
        if isValid { return nil }
        return (0..<count).first { item in
            unsafe bytes[range(item)].withUnsafeBufferPointer { unsafe !Self.isText($0) }
        }
    }

    private static func isText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        (try? UTF8Span(validating: unsafe Span(_unsafeElements: bytes))) != nil
    }
}
