import HearthRuntime
import Testing

@Suite struct ResultColumnsTests {
    private func column(_ number: Double) -> Column { .number(NumberColumn([number])) }

    @Test func columnsByNameAndInOrder() async throws {
        let pipeline = try Pipeline(
            sources: [.init("in", .number)],
            nodes: [
                .init("z", reads: ["in"], SumBody(1)), .init("a", reads: ["in"], SumBody(1, factor: 2)),
            ])
        let columns = try await PipelineRun(pipeline).process(batch([3])).columns
        #expect(columns.names == ["z", "a"] && columns.values == [column(3), column(6)])
        #expect(columns["a"] == column(6) && columns["in"] == nil && columns.count == 2)
        #expect(columns.map(\.name) == ["z", "a"] && columns.map(\.column) == columns.values)
    }

    @Test func theSameColumnsAreEqualInWhicheverOrder() {
        let one: ResultColumns = ["b": column(1), "a": column(2)]
        #expect(one == ["a": column(2), "b": column(1)])
        #expect(one != ["a": column(2)] && one != ["a": column(2), "b": column(2)])
        #expect(one != ["a": column(2), "c": column(1)])
    }
}
