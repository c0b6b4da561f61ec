public import CArrow
internal import Glibc
public import HearthRuntime

/// Columns that come one after the other out of an `ArrowArrayStream`.
///
/// A sequence that ends at the first failure, which is its last element; or call ``read()``. Each call may wait for as long as the
/// stream's maker wants: not for the threads that tasks share, unless it is known to be quick. Not for several threads at
/// once. Columns outlive their stream; it is released when this is gone.
///
/// ```swift
/// for batch in unsafe try ArrowStream(importing: &stream) {
///     try await run.process(Batch(batch.get()))
/// }
/// ```
@safe
public final class ArrowStream: Sequence, IteratorProtocol {
    private var stream: ArrowArrayStream
    /// Of which type every column is: a record, unless its maker does what few do.
    public let field: ArrowField
    private var isAtEnd = false

    /// Takes a stream, which afterwards counts as released, also where this throws.
    public init(importing source: UnsafeMutablePointer<ArrowArrayStream>) throws(ArrowError) {
        guard unsafe source.pointee.release != nil else {
            throw .stream(code: EINVAL, message: "was released before")
        }
        var stream = unsafe source.pointee
        unsafe source.pointee.release = nil
        do throws(ArrowError) {
            field = unsafe try Self.field(of: &stream)
        } catch {
            unsafe stream.release?(&stream)
            throw error
        }
        unsafe self.stream = stream
    }

    private static func field(of stream: UnsafeMutablePointer<ArrowArrayStream>) throws(ArrowError) -> ArrowField {
        guard unsafe stream.pointee.get_next != nil, let getSchema = unsafe stream.pointee.get_schema else {
            throw .stream(code: EINVAL, message: "has no functions")
        }
        var schema = unsafe ArrowSchema()
        let code = unsafe getSchema(stream, &schema)
        guard code == 0 else { throw unsafe error(code, of: stream) }
        defer { unsafe schema.release?(&schema) }
        return unsafe try ArrowField(&schema)
    }

    private static func error(_ code: Int32, of stream: UnsafeMutablePointer<ArrowArrayStream>) -> ArrowError {
        var message = ""
        if let tell = unsafe stream.pointee.get_last_error, let text = unsafe tell(stream) {
            message = unsafe String(cString: text)
        }
        return .stream(code: code, message: message)
    }

    deinit { unsafe stream.release?(&stream) }

    /// The next column, nil behind the last one and after a failure.
    public func read() throws(ArrowError) -> Column? {
        guard !isAtEnd, let getNext = unsafe stream.get_next else { return nil }
        isAtEnd = true
        var array = unsafe ArrowArray()
        let code = unsafe getNext(&stream, &array)
        guard code == 0 else { throw unsafe Self.error(code, of: &stream) }
        guard unsafe array.release != nil else { return nil }
        let column = unsafe try Column(importing: &array, as: field)
        isAtEnd = false
        return column
    }

    public func next() -> Result<Column, ArrowError>? {
        do throws(ArrowError) {
            return try read().map { .success($0) }
        } catch {
            return .failure(error)
        }
    }
}
