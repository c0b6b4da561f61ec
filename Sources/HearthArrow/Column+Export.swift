public import CArrow
public import HearthRuntime

/// Columns as `ArrowArray`.
extension Column {
    /// Fills in a schema and an array, which are then the caller's to release. Nothing is copied: the buffers are those of the
    /// column, and it stays as it is. From any thread, and released on any thread.
    ///
    /// A slice goes out as its whole memory with an offset. The one thing that may be copied are the bits of the nulls, where a
    /// column that was imported has them at another place of a byte than its values. O(columns).
    public func exportArrow(
        name: String = "", schema: UnsafeMutablePointer<ArrowSchema>, array: UnsafeMutablePointer<ArrowArray>
    ) {
        unsafe ArrowField(self, name: name).export(to: schema)
        unsafe exportArrow(to: array)
    }

    /// The array alone, for who knows of which type it is.
    public func exportArrow(to array: UnsafeMutablePointer<ArrowArray>) { unsafe exportArrow(to: array, as: nil) }

    /// - Parameter field: in which order the columns of a record go out; describes this column.
    func exportArrow(to array: UnsafeMutablePointer<ArrowArray>, as field: ArrowField?) {
        switch content {
        case .bytes(let column), .text(let column): unsafe ExportedArray.fill(array, column)
        case .texts(let column):
            let (bits, memory) = unsafe column.validity.bits(from: column.start)
            let child = unsafe ExportedArray.fill(
                array, length: column.count, nullCount: column.validity.nullCount, offset: column.start,
                buffers: (2, bits, UnsafeRawPointer(column.offsets.memory.start), nil), childCount: 1,
                KeptMemory(memory, column.offsets.memory))
            if let child = unsafe child { unsafe ExportedArray.fill(child, column.values) }
        case .boolean(let column):
            let (bits, memory) = unsafe column.validity.bits(from: column.bits.start)
            unsafe ExportedArray.fill(
                array, length: column.count, nullCount: column.validity.nullCount, offset: column.bits.start,
                buffers: (2, bits, UnsafeRawPointer(column.bits.bytes.memory.start), nil), childCount: 0,
                KeptMemory(memory, column.bits.bytes.memory))
        case .integer32(let column): unsafe ExportedArray.fill(array, column)
        case .integer(let column): unsafe ExportedArray.fill(array, column)
        case .float(let column): unsafe ExportedArray.fill(array, column)
        case .number(let column): unsafe ExportedArray.fill(array, column)
        case .vector(let column):
            let (bits, memory) = unsafe column.validity.bits(from: column.start)
            let child = unsafe ExportedArray.fill(
                array, length: column.count, nullCount: column.validity.nullCount, offset: column.start,
                buffers: (1, bits, nil, nil), childCount: 1, KeptMemory(memory))
            guard let child = unsafe child else { return }
            unsafe ExportedArray.fill(
                child, length: (column.start + column.count) * column.dimension, nullCount: 0, offset: 0,
                buffers: (2, nil, UnsafeRawPointer(column.values.memory.start), nil), childCount: 0,
                KeptMemory(column.values.memory))
        case .record(let record):
            let children = unsafe ExportedArray.fill(
                array, length: record.count, nullCount: 0, offset: 0, buffers: (1, nil, nil, nil),
                childCount: record.columns.count, KeptMemory())
            guard let children = unsafe children else { return }
            if let field {
                for (place, child) in field.children.enumerated() {
                    unsafe record[child.name]?.exportArrow(to: children + place, as: child)
                }
            } else {
                for (place, child) in record.columns.sorted(by: { $0.key < $1.key }).enumerated() {
                    unsafe child.value.exportArrow(to: children + place)
                }
            }
        }
    }
}

extension Validity {
    /// Bits such that the first item's is number `start`, and the memory that they are in.
    fileprivate func bits(from start: Int) -> (UnsafeRawPointer?, ColumnMemory?) {
        guard nullCount > 0 else { return (nil, nil) }
        let shift = self.start - start
        if shift >= 0, shift % 8 == 0 {
            return unsafe (UnsafeRawPointer(bytes.memory.start) + shift / 8, bytes.memory)
        }
        var moved = BitBuffer(repeating: true, count: start)
        moved.append(contentsOf: bits)
        return unsafe (UnsafeRawPointer(moved.bytes.memory.start), moved.bytes.memory)
    }
}

/// What an array keeps alive.
@safe struct KeptMemory {
    private let first: ColumnMemory?
    private let second: ColumnMemory?
    private let third: ColumnMemory?
    /// As they were made, whatever somebody wrote into the array since.
    fileprivate var children: UnsafeMutableBufferPointer<ArrowArray>?

    init(_ first: ColumnMemory? = nil, _ second: ColumnMemory? = nil, _ third: ColumnMemory? = nil) {
        self.first = first
        self.second = second
        self.third = third
    }
}

/// What stands behind an array of ours: the pointers to its buffers, and the structures of its children. Each child has one too, so
/// that it can be moved out and outlive its parent.
final class ExportedArray: ManagedBuffer<KeptMemory, UInt> {
    private static let structWords = unsafe MemoryLayout<ArrowArray>.stride / MemoryLayout<UInt>.stride

    /// Gives the place of the first child, nil where there is none. The children are to be filled in.
    @discardableResult
    static func fill(
        _ array: UnsafeMutablePointer<ArrowArray>, length: Int, nullCount: Int, offset: Int,
        buffers: (count: Int, UnsafeRawPointer?, UnsafeRawPointer?, UnsafeRawPointer?), childCount: Int,
        _ kept: KeptMemory
    ) -> UnsafeMutablePointer<ArrowArray>? {
        // Pointers to buffers, pointers to children, children, one after the other.
        let bufferCount = unsafe buffers.count
        let words = bufferCount + childCount * (1 + structWords)
        let block = unsafe unsafeDowncast(create(minimumCapacity: words) { _ in kept }, to: ExportedArray.self)
        let base = unsafe block.withUnsafeMutablePointerToElements { UnsafeMutableRawPointer($0) }
        let bufferList = unsafe base.bindMemory(to: UnsafeRawPointer?.self, capacity: bufferCount)
        unsafe bufferList[0] = buffers.1
        if bufferCount > 1 { unsafe bufferList[1] = buffers.2 }
        if bufferCount > 2 { unsafe bufferList[2] = buffers.3 }
        let childList = unsafe (base + bufferCount * MemoryLayout<UInt>.stride)
            .bindMemory(to: UnsafeMutablePointer<ArrowArray>?.self, capacity: childCount)
        let children = unsafe (base + (bufferCount + childCount) * MemoryLayout<UInt>.stride)
            .bindMemory(to: ArrowArray.self, capacity: childCount)
        for place in 0..<childCount { unsafe childList[place] = children + place }
        if childCount > 0 {
            unsafe block.header.children = UnsafeMutableBufferPointer(start: children, count: childCount)
        }
        unsafe array.initialize(
            to: ArrowArray(
                length: Int64(length), null_count: Int64(nullCount), offset: Int64(offset),
                n_buffers: Int64(bufferCount), n_children: Int64(childCount), buffers: bufferList,
                children: childCount == 0 ? nil : childList, dictionary: nil, release: release,
                private_data: Unmanaged.passRetained(block).toOpaque()))
        return childCount == 0 ? nil : unsafe children
    }

    static func fill(_ array: UnsafeMutablePointer<ArrowArray>, _ column: BytesColumn) {
        let (bits, memory) = unsafe column.validity.bits(from: column.start)
        unsafe fill(
            array, length: column.count, nullCount: column.validity.nullCount, offset: column.start,
            buffers: (
                3, bits, UnsafeRawPointer(column.offsets.memory.start), UnsafeRawPointer(column.bytes.memory.start)
            ), childCount: 0, KeptMemory(memory, column.offsets.memory, column.bytes.memory))
    }

    static func fill<Element>(_ array: UnsafeMutablePointer<ArrowArray>, _ column: ScalarColumn<Element>) {
        let (bits, memory) = unsafe column.validity.bits(from: column.start)
        unsafe fill(
            array, length: column.count, nullCount: column.validity.nullCount, offset: column.start,
            buffers: (2, bits, UnsafeRawPointer(column.values.memory.start), nil), childCount: 0,
            KeptMemory(memory, column.values.memory))
    }

    private static let release: @convention(c) (UnsafeMutablePointer<ArrowArray>?) -> Void = { array in
        guard let array = unsafe array, let block = unsafe array.pointee.private_data,
            unsafe array.pointee.release != nil
        else { return }
        unsafe array.pointee.release = nil
        let owner = unsafe Unmanaged<ExportedArray>.fromOpaque(block).takeRetainedValue()
        guard let children = unsafe owner.header.children else { return }
        for place in children.indices {
            // One that was moved out has no release here any more, and goes by itself.
            let child = unsafe children.baseAddress.map { unsafe $0 + place }
            unsafe child?.pointee.release?(child)
        }
    }
}
