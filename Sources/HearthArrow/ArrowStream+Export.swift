public import CArrow
internal import Glibc
public import HearthRuntime

/// Batches as an `ArrowArrayStream`.
///
/// A sequence, not an asynchronous one: the stream's consumer asks from C and stands still until it has an answer, so that a thread
/// which tasks share would stand still for a task that may need it. Who has an `AsyncSequence` collects what is to be handed
/// over, or puts a bounded queue of its own between a task and a thread of its own.
extension ArrowStream {
    /// Fills in a stream, which is then the caller's to release: at any time, also before its end.
    ///
    /// - Parameters:
    ///   - batches: are asked for one by one, when the consumer asks. Each goes out as it is, without a copy.
    ///   - field: the type that all of them have; else that of the first one, which is asked for with the schema. Without any, a
    ///     record without columns.
    ///   - stream: where to write it; what was there is not released.
    public static func export(
        _ batches: sending some Sequence<RecordColumn>, as field: ArrowField? = nil,
        to stream: UnsafeMutablePointer<ArrowArrayStream>
    ) {
        nonisolated(unsafe) var iterator = batches.makeIterator()
        unsafe fill(stream, ExportedStream(field) { unsafe iterator.next() })
    }

    /// The same of a function that can fail: its error is the consumer's, in words, under `EIO`. It is called by one thread at a time,
    /// whichever the consumer's is.
    public static func export(
        as field: ArrowField? = nil, to stream: UnsafeMutablePointer<ArrowArrayStream>,
        next: @escaping @Sendable () throws -> RecordColumn?
    ) {
        unsafe fill(stream, ExportedStream(field, next))
    }

    private static func fill(_ stream: UnsafeMutablePointer<ArrowArrayStream>, _ source: ExportedStream) {
        unsafe stream.initialize(
            to: ArrowArrayStream(
                get_schema: { stream, schema in
                    guard let source = unsafe ExportedStream.of(stream), let schema = unsafe schema else {
                        return EINVAL
                    }
                    return unsafe source.schema(schema)
                },
                get_next: { stream, array in
                    guard let source = unsafe ExportedStream.of(stream), let array = unsafe array else {
                        return EINVAL
                    }
                    return unsafe source.next(array)
                },
                get_last_error: { unsafe UnsafePointer(ExportedStream.of($0)?.message) },
                release: { stream in
                    guard let stream = unsafe stream, let source = unsafe stream.pointee.private_data,
                        unsafe stream.pointee.release != nil
                    else { return }
                    unsafe stream.pointee.release = nil
                    unsafe Unmanaged<ExportedStream>.fromOpaque(source).release()
                }, private_data: Unmanaged.passRetained(source).toOpaque()))
    }
}

/// What stands behind a stream of ours. Used by one thread at a time, as the interface wants.
@safe private final class ExportedStream {
    private var field: ArrowField?
    private let pull: () throws -> RecordColumn?
    /// Asked for with the schema, and not yet handed out.
    private var first: RecordColumn?
    private var isAtEnd = false
    private var failure: Int32 = 0
    private(set) var message: UnsafeMutablePointer<CChar>?

    init(_ field: ArrowField?, _ pull: @escaping () throws -> RecordColumn?) {
        self.field = field
        self.pull = pull
    }

    deinit { unsafe message?.deallocate() }

    static func of(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) -> ExportedStream? {
        guard let stream = unsafe stream, let source = unsafe stream.pointee.private_data,
            unsafe stream.pointee.release != nil
        else { return nil }
        return unsafe Unmanaged.fromOpaque(source).takeUnretainedValue()
    }

    func schema(_ schema: UnsafeMutablePointer<ArrowSchema>) -> Int32 {
        if field == nil {
            first = batch()
            guard failure == 0 else { return failure }
            field = ArrowField(.record(first ?? RecordColumn(count: 0, columns: [:])))
        }
        unsafe field?.export(to: schema)
        return 0
    }

    func next(_ array: UnsafeMutablePointer<ArrowArray>) -> Int32 {
        var batch = first
        first = nil
        if batch == nil { batch = self.batch() }
        guard failure == 0 else { return failure }
        guard let batch else {
            unsafe array.initialize(to: ArrowArray())
            return 0
        }
        let column = Column.record(batch)
        let field = self.field ?? ArrowField(column)
        self.field = field
        guard field.describes(column) else {
            fail(EINVAL, "a batch is not of the type that the schema says: \(ArrowField(column))")
            return failure
        }
        unsafe column.exportArrow(to: array, as: field)
        return 0
    }

    /// Nothing at the end, and where it failed; what failed once stays so.
    private func batch() -> RecordColumn? {
        guard failure == 0, !isAtEnd else { return nil }
        do {
            let batch = try pull()
            isAtEnd = batch == nil
            return batch
        } catch {
            fail(EIO, String(describing: error))
            return nil
        }
    }

    private func fail(_ code: Int32, _ text: String) {
        failure = code
        let text = text.utf8CString
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.count)
        unsafe text.withUnsafeBufferPointer { buffer in
            if let start = buffer.baseAddress { unsafe copy.initialize(from: start, count: buffer.count) }
        }
        unsafe message?.deallocate()
        unsafe message = copy
    }
}
