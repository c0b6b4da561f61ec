import CArrow
import HearthRandom
import HearthRandomColumns
import Testing

@testable import HearthArrow
@testable import HearthRuntime

@Suite struct StreamTests {
    private struct Refusal: Error, CustomStringConvertible { var description: String { "no more, said the source" } }

    private static func batch(_ number: Int, rows: Int = 4) -> RecordColumn {
        RecordColumn(
            count: rows,
            columns: [
                "id": .integer(IntegerColumn((0..<rows).map { Int64(number * rows + $0) })),
                "text": .text(BytesColumn((0..<rows).map { $0 == 1 ? nil : "row \($0)" })),
            ])
    }

    @Test func batchesComeBackInOrder() throws {
        var stream = unsafe ArrowArrayStream()
        unsafe ArrowStream.export((0..<50).map { Self.batch($0) }, to: &stream)
        let reader = try unsafe ArrowStream(importing: &stream)
        unsafe #expect(stream.release == nil)
        #expect(reader.field.children.map(\.name) == ["id", "text"])
        var columns: [Column] = []
        for batch in reader { columns.append(try batch.get()) }
        #expect(columns == (0..<50).map { .record(Self.batch($0)) })
        #expect(try reader.read() == nil)
    }

    @Test func aStreamWithoutBatchesHasASchema() throws {
        var stream = unsafe ArrowArrayStream()
        unsafe ArrowStream.export([RecordColumn](), as: ArrowField(.record(Self.batch(0))), to: &stream)
        let reader = try unsafe ArrowStream(importing: &stream)
        #expect(reader.field.children.count == 2)
        #expect(try reader.read() == nil)
        unsafe ArrowStream.export([RecordColumn](), to: &stream)
        #expect(try unsafe ArrowStream(importing: &stream).field.children.isEmpty)
    }

    @Test func columnsGoOutInTheOrderOfTheField() throws {
        var field = ArrowField(.record(Self.batch(0)))
        field.children.reverse()
        var stream = unsafe ArrowArrayStream()
        unsafe ArrowStream.export([Self.batch(3)], as: field, to: &stream)
        let reader = try unsafe ArrowStream(importing: &stream)
        #expect(reader.field.children.map(\.name) == ["text", "id"])
        #expect(try reader.read() == .record(Self.batch(3)))
    }

    @Test func whatTheSourceThrowsIsTold() throws {
        var stream = unsafe ArrowArrayStream()
        let counter = Counter()
        unsafe ArrowStream.export(to: &stream) {
            let number = counter.next()
            if number == 2 { throw Refusal() }
            return Self.batch(number)
        }
        let reader = try unsafe ArrowStream(importing: &stream)
        var batches = 0
        var failures: [ArrowError] = []
        for batch in reader {
            switch batch {
            case .success: batches += 1
            case .failure(let error): failures.append(error)
            }
        }
        #expect(batches == 2)
        #expect(failures == [.stream(code: 5, message: "no more, said the source")])
    }

    /// By the functions themselves, as C calls them: a failure stays, and its text until the next call.
    @Test func errorsStay() {
        var stream = unsafe ArrowArrayStream()
        unsafe ArrowStream.export(to: &stream) { throw Refusal() }
        var schema = unsafe ArrowSchema()
        var array = unsafe ArrowArray()
        for _ in 0..<3 {
            unsafe #expect(stream.get_schema(&stream, &schema) == 5)
            let message = unsafe stream.get_last_error(&stream).map { unsafe String(cString: $0) }
            #expect(message == "no more, said the source")
            unsafe #expect(stream.get_next(&stream, &array) == 5)
        }
        unsafe stream.release(&stream)
        unsafe #expect(stream.release == nil)
    }

    @Test func aBatchOfAnotherTypeIsRefused() throws {
        var stream = unsafe ArrowArrayStream()
        let other = RecordColumn(
            count: 1, columns: ["id": .number(NumberColumn([1])), "text": .text(BytesColumn(["a"]))])
        unsafe ArrowStream.export([Self.batch(0), other], to: &stream)
        let reader = try unsafe ArrowStream(importing: &stream)
        _ = try reader.read()
        do {
            _ = try reader.read()
            Issue.record("nothing was thrown")
        } catch {
            guard case .stream(22, _) = error else { throw error }
        }
        #expect(try reader.read() == nil)
    }

    @Test func theEndStaysTheEnd() {
        var stream = unsafe ArrowArrayStream()
        unsafe ArrowStream.export([Self.batch(0)], to: &stream)
        var array = unsafe ArrowArray()
        unsafe #expect(stream.get_next(&stream, &array) == 0)
        unsafe array.release(&array)
        for _ in 0..<3 {
            unsafe #expect(stream.get_next(&stream, &array) == 0)
            unsafe #expect(array.release == nil)
        }
        unsafe stream.release(&stream)
    }

    @Test func aStreamCanBeReleasedAtAnyTime() throws {
        for pulled in 0..<4 {
            var first: RecordColumn? = Self.batch(0)
            let watch = MemoryWatch(.record(try #require(first)))
            var stream = unsafe ArrowArrayStream()
            unsafe ArrowStream.export([try #require(first), Self.batch(1), Self.batch(2)], to: &stream)
            first = nil
            var reader: ArrowStream? = try unsafe ArrowStream(importing: &stream)
            var columns: [Column] = []
            for _ in 0..<pulled {
                if let column = try reader?.read() { columns.append(column) }
            }
            #expect(watch.alive > 0)
            reader = nil
            // Batches outlive their stream.
            #expect((watch.alive > 0) == (pulled > 0))
            #expect(columns.map(\.count).allSatisfy { $0 == 4 })
            columns = []
            #expect(watch.alive == 0)
        }
    }

    @Test func aReleasedStreamIsAnError() {
        var stream = unsafe ArrowArrayStream()
        #expect(throws: ArrowError.stream(code: 22, message: "was released before")) {
            try unsafe ArrowStream(importing: &stream)
        }
    }

    @Test func batchesOfThePipelineAreRecords() throws {
        let batch = Batch(Self.batch(1))
        #expect(RecordColumn(batch) == Self.batch(1))
        let result = BatchResult(batch: 0, count: 4, columns: ResultColumns(batch.columns), rejections: [])
        #expect(RecordColumn(result, names: ["id"]).names == ["id"])
    }
}

private final class Counter: @unchecked Sendable {
    private var number = -1
    func next() -> Int {
        number += 1
        return number
    }
}
