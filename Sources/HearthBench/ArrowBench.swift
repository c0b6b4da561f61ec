internal import CArrow
internal import HearthArrow
internal import HearthRuntime

/// What it costs to hand a batch to Arrow's C interface and to take one: the structures, since values are not copied.
struct ArrowBench {
    private static let rounds = 60
    private static let turns = 2_000

    func run() throws {
        for rows in [1, 1_000, 100_000] {
            let batch = Column.record(
                RecordColumn(
                    count: rows,
                    columns: [
                        "number": .number(NumberColumn((0..<rows).map { Double($0) })),
                        "text": .text(BytesColumn((0..<rows).map { "document \($0)" })),
                    ]))
            try measure(batch, "\(rows)")
        }
    }

    private func measure(_ batch: Column, _ rows: String) throws {
        let field = ArrowField(batch)
        let turns = batch.count > 10_000 ? 20 : Self.turns
        var figures: [String: [Double]] = [:]
        for _ in 0..<Self.rounds {
            // The array alone, as a stream hands over each batch; and with a schema, as a single column is.
            figures["export", default: []].append(
                nanoseconds(Self.turns) {
                    var array = unsafe ArrowArray()
                    unsafe batch.exportArrow(to: &array)
                    unsafe array.release(&array)
                })
            figures["export.schema", default: []].append(
                nanoseconds(Self.turns) {
                    var (schema, array) = unsafe (ArrowSchema(), ArrowArray())
                    unsafe batch.exportArrow(schema: &schema, array: &array)
                    unsafe schema.release(&schema)
                    unsafe array.release(&array)
                })
            // An import is of what was exported: both are measured, and the export taken off.
            let both = try nanoseconds(turns) {
                var array = unsafe ArrowArray()
                unsafe batch.exportArrow(to: &array)
                _ = unsafe try Column(importing: &array, as: field)
            }
            figures["import", default: []].append(both - (figures["export"]?.last ?? 0))
        }
        for key in ["export", "export.schema", "import"] {
            printFigure("arrow.\(key).\(rows)", figures[key, default: []].quantile(0.5), "ns")
        }
    }

    private func nanoseconds(_ turns: Int, _ body: () throws -> Void) rethrows -> Double {
        let start = processNanoseconds()
        for _ in 0..<turns { try body() }
        return Double(processNanoseconds() - start) / Double(turns)
    }
}
