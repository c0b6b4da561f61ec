public import CArrow
internal import HearthArrow
internal import HearthRuntime

/// So many batches of numbers and texts; the one at `failing` is an error instead.
@c(hearth_probe_stream_out)
public func streamOut(batches: Int, rows: Int, failing: Int, stream: UnsafeMutablePointer<ArrowArrayStream>) {
    let source = BatchSource(batches: batches, rows: rows, failing: failing)
    unsafe ArrowStream.export(to: stream) { try source.next() }
}

/// Reads a stream to its end: batches, rows, and the most buffers that were there at once, as JSON; or why it ended before.
@c(hearth_probe_stream_in)
public func streamIn(stream: UnsafeMutablePointer<ArrowArrayStream>) -> UnsafeMutablePointer<CChar>? {
    do {
        var (batches, rows, peak) = (0, 0, 0)
        for batch in unsafe try ArrowStream(importing: stream) {
            let column = try batch.get()
            LiveMemory.shared.watch(column)
            batches += 1
            rows += column.count
            peak = max(peak, LiveMemory.shared.count)
        }
        return unsafe copied(json(["batches": batches, "rows": rows, "peak": peak]))
    } catch {
        return unsafe copied(json(["error": String(describing: error)]))
    }
}

/// Takes a stream and gives out another one of the same batches, as they are asked for.
@c(hearth_probe_stream_echo)
public func streamEcho(
    stream: UnsafeMutablePointer<ArrowArrayStream>, back: UnsafeMutablePointer<ArrowArrayStream>
) -> UnsafeMutablePointer<CChar>? {
    do {
        nonisolated(unsafe) let reader = unsafe try ArrowStream(importing: stream)
        unsafe ArrowStream.export(to: back) {
            guard let column = unsafe try reader.read() else { return nil }
            guard case .record(let record) = column.content else { throw NoRecord() }
            LiveMemory.shared.watch(column)
            return record
        }
        return nil
    } catch {
        return unsafe copied(String(describing: error))
    }
}

private struct NoRecord: Error {}

private struct Refused: Error, CustomStringConvertible {
    let batch: Int
    var description: String { "batch \(batch) was refused" }
}

/// Used by one thread at a time.
private final class BatchSource: @unchecked Sendable {
    private let batches: Int
    private let rows: Int
    private let failing: Int
    private var number = 0

    init(batches: Int, rows: Int, failing: Int) {
        self.batches = batches
        self.rows = rows
        self.failing = failing
    }

    func next() throws -> RecordColumn? {
        guard number < batches else { return nil }
        defer { number += 1 }
        if number == failing { throw Refused(batch: number) }
        let first = number * rows
        let column = Column.record(
            RecordColumn(
                count: rows,
                columns: [
                    "id": .integer(IntegerColumn((first..<first + rows).map { Int64($0) })),
                    "text": .text(BytesColumn((first..<first + rows).map { $0 % 3 == 0 ? nil : "row \($0)" })),
                ]))
        LiveMemory.shared.watch(column)
        guard case .record(let record) = column.content else { return nil }
        return record
    }
}
