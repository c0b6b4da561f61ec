import HearthProfile
import Testing

@Suite struct FunctionTotalsTests {
    @Test func recursionCountsOnce() {
        let totals = FunctionTotals(Profile(collapsed: "a;b;a;b 10\na;b 5\nb 1\nc 100"), column: 0)
        #expect(totals.total == 116)
        let rows = totals.sorted(by: .totalValue).map { "\($0.name) \($0.selfValue) \($0.totalValue)" }
        #expect(rows == ["c 100 100", "b 16 16", "a 0 15"])
    }

    @Test func labelsAndMarkersAreNoFunctions() {
        let profile = Profile(collapsed: "a;b 3 node=x").grouped(by: ["node"])
        #expect(FunctionTotals(profile, column: 0).sorted(by: .selfValue).map(\.name) == ["b", "a"])
    }

    @Test func tiesAreOrderedByNameAndTheListIsCut() {
        let totals = FunctionTotals(Profile(collapsed: "z 1\na 1\nm 2\nb 1"), column: 0)
        #expect(totals.sorted(by: .selfValue).map(\.name) == ["m", "a", "b", "z"])
        #expect(totals.sorted(by: .selfValue, limit: 2).map(\.name) == ["m", "a"])
        #expect(totals.sorted(by: .totalValue, limit: 0).isEmpty)
    }

    @Test func sumsStopAtTheLargestNumber() {
        let profile = Profile(collapsed: "a;b \(Int64.max)\na;c \(Int64.max)\na;c @1 \(Int64.max)")
        #expect(profile.total(column: 0) == .max)
        let totals = FunctionTotals(profile, column: 0)
        #expect(totals.total == .max)
        #expect(totals.rows.map(\.selfValue).max() == .max && totals.rows.allSatisfy { $0.totalValue == .max })
    }

    @Test func columnsAreApart() {
        let profile = Profile(collapsed: "a;b 3", types: [.samples, .cpu])
        #expect(FunctionTotals(profile, column: 1).sorted(by: .selfValue).first?.selfValue == 6)
        #expect(profile.column(ofType: "cpu") == 1 && profile.column(ofType: "wall") == nil)
    }
}
