import CArrow

@testable import HearthArrow
@testable import HearthRuntime

/// A schema and an array where a consumer in C would have them.
@safe final class ArrowBox {
    let schema = UnsafeMutablePointer<ArrowSchema>.allocate(capacity: 1)
    let array = UnsafeMutablePointer<ArrowArray>.allocate(capacity: 1)

    init() {
        unsafe schema.initialize(to: ArrowSchema())
        unsafe array.initialize(to: ArrowArray())
    }

    convenience init(_ column: Column, name: String = "") {
        self.init()
        unsafe column.exportArrow(name: name, schema: schema, array: array)
    }

    /// What is not released yet, is.
    deinit {
        unsafe schema.pointee.release?(schema)
        unsafe array.pointee.release?(array)
        unsafe schema.deallocate()
        unsafe array.deallocate()
    }

    func imported() throws(ArrowError) -> Column { unsafe try Column(importing: array, schema: schema) }

    var format: String { unsafe String(cString: schema.pointee.format) }
    func child(_ place: Int) -> ArrowArray? { unsafe array.pointee.children[place]?.pointee }
    func buffer(_ place: Int) -> UInt { unsafe UInt(bitPattern: array.pointee.buffers[place]) }
    var isReleased: Bool { unsafe array.pointee.release == nil }
}

/// Whether memory is still there, without keeping it.
struct MemoryWatch {
    private struct Place { weak var memory: ColumnMemory? }

    private var places: [Place] = []

    init(_ column: Column) { add(column) }

    var alive: Int { places.count { $0.memory != nil } }

    private mutating func add(_ memory: ColumnMemory) {
        // What has no elements shares one that is always there.
        if memory !== ColumnMemory.empty { places.append(Place(memory: memory)) }
    }

    private mutating func add(_ column: Column) {
        if let validity = column.content.validity { add(validity.bytes.memory) }
        switch column.content {
        case .bytes(let bytes), .text(let bytes):
            add(bytes.bytes.memory)
            add(bytes.offsets.memory)
        case .texts(let lists):
            add(lists.offsets.memory)
            add(.text(lists.values))
        case .boolean(let values): add(values.bits.bytes.memory)
        case .integer32(let values): add(values.values.memory)
        case .integer(let values): add(values.values.memory)
        case .float(let values): add(values.values.memory)
        case .number(let values): add(values.values.memory)
        case .vector(let vectors): add(vectors.values.memory)
        case .record(let record): for column in record.columns.values { add(column) }
        }
    }
}
