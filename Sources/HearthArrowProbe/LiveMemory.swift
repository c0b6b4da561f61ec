internal import HearthRuntime
internal import Synchronization

/// How much of the memory that went through here is still there. Kept weakly.
final class LiveMemory: Sendable {
    private struct Place {
        weak var memory: ColumnMemory?
    }

    static let shared = LiveMemory()

    private let places = Mutex<[Place]>([])

    /// Buffers that are still there.
    var count: Int {
        places.withLock { places in
            places.removeAll { $0.memory == nil }
            return places.count
        }
    }

    func watch(_ column: Column) {
        switch column.content {
        case .bytes(let bytes), .text(let bytes): watch(bytes.validity.bytes, bytes.offsets, bytes.bytes)
        case .texts(let lists):
            watch(lists.validity.bytes, lists.offsets, ColumnBuffer<UInt8>())
            watch(.text(lists.values))
        case .boolean(let values): watch(values.validity.bytes, [], values.bits.bytes)
        case .integer32(let values): watch(values.validity.bytes, [], values.values)
        case .integer(let values): watch(values.validity.bytes, [], values.values)
        case .float(let values): watch(values.validity.bytes, [], values.values)
        case .number(let values): watch(values.validity.bytes, [], values.values)
        case .vector(let vectors): watch(vectors.validity.bytes, [], vectors.values)
        case .record(let record): for column in record.columns.values { watch(column) }
        }
    }

    private func watch<Element>(
        _ bits: ColumnBuffer<UInt8>, _ offsets: ColumnBuffer<Int64>, _ values: ColumnBuffer<Element>
    ) {
        places.withLock { places in
            for memory in [bits.memory, offsets.memory, values.memory] where memory !== ColumnBuffer<UInt8>().memory {
                places.append(Place(memory: memory))
            }
        }
    }
}
