import Foundation
import HearthProfile
import HearthRandom
import Testing

/// Costs whose growth is known, counted with the scatter that counts have.
@Suite struct ScalingTests {
    private static let sizes: [Int64] = [500, 1_000, 2_000, 4_000]

    /// What each function costs a run, in samples, at a size.
    private static let planted: [(stack: String, cost: @Sendable (Double) -> Double)] = [
        ("main;parse", { 200 * $0 / 1_000 }),
        ("main;sort", { 100 * $0 / 1_000 * log($0) / log(1_000) }),
        ("main;pairs;distance", { 20 * pow($0 / 1_000, 2) }),
        ("main;triples", { 4 * pow($0 / 1_000, 3) }),
        ("main;load", { _ in 60 }),
    ]

    private func runs(
        _ count: Int, seed: UInt64, sizes: [Int64] = Self.sizes, scatter: Double = 0
    ) -> [(size: Int64, profile: Profile)] {
        var random = SeededGenerator(seed: seed)
        return sizes.flatMap { size in
            (0..<count).map { _ in
                // What a whole run has more or less of, as on a busy machine.
                let factor = exp(scatter * random.normal())
                let lines = Self.planted.map { "\($0.stack) \(random.poisson($0.cost(Double(size)) * factor))" }
                return (size, Profile(collapsed: lines.joined(separator: "\n")))
            }
        }
    }

    private func row(_ name: String, _ scaling: ProfileScaling) throws -> ProfileScaling.Row {
        try #require(scaling.rows().first { $0.name == name })
    }

    @Test func whatIsPlantedIsFound() throws {
        let scaling = try ProfileScaling(runs(5, seed: 1))
        // Over these sizes log n adds 1 ÷ ln n, about 0.135.
        for (name, truth) in [("parse", 1.0), ("sort", 1.135), ("distance", 2), ("triples", 3), ("load", 0)] {
            let row = try row(name, scaling)
            #expect(row.total.isKnown && abs(row.total.exponent - truth) < 0.25, "\(name): \(row.total)")
            #expect(row.isSteep == (truth > 1.3), "\(name): \(row.total)")
            #expect(row.own == row.total)
        }
        // What calls a steep function is steep with it, but not what has much else beside it.
        #expect(try row("pairs", scaling).isSteep)
        #expect(try row("pairs", scaling).own == nil)
        #expect(scaling.rows().map(\.isSteep).prefix(4) == [true, true, true, false])
        #expect(scaling.sizes.map(\.size) == Self.sizes)
        #expect(scaling.sizes.map(\.runs) == [5, 5, 5, 5])
    }

    /// A 95 % interval misses the truth in 5 % of all cases: of 400 in 20, and in more than 38 once in ten thousand times.
    @Test(arguments: [0, 0.1]) func intervalsHoldTheTruthAsOftenAsTheySay(scatter: Double) throws {
        var (missed, all) = (0, 0)
        for seed in 0..<100 as Range<UInt64> {
            let scaling = try ProfileScaling(runs(4, seed: seed, scatter: scatter))
            for (name, truth) in [("parse", 1.0), ("distance", 2), ("triples", 3), ("load", 0)] {
                let growth = try row(name, scaling).total
                all += 1
                if truth < growth.lower || truth > growth.upper { missed += 1 }
            }
        }
        #expect(all == 400 && missed <= 38, "\(missed) of \(all)")
        // And they are no wider than they must be.
        #expect(missed >= 2, "\(missed) of \(all)")
    }

    @Test func whatGrowsAsTheInputIsNeverSteep() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<20 {
            let runs = Self.sizes.flatMap { size in
                (0..<3).map { _ -> (size: Int64, profile: Profile) in
                    let lines = (0..<60).map { index in
                        let cost = Double(size) / 1_000 * (index % 2 == 0 ? 3 : 12)
                        return "main;f\(index) \(random.poisson(index % 7 == 0 ? cost * log(Double(size)) / 7 : cost))"
                    }
                    return (size, Profile(collapsed: lines.joined(separator: "\n")))
                }
            }
            let steep = try ProfileScaling(runs).rows().filter(\.isSteep)
            #expect(steep.isEmpty, "\(steep.map { "\($0.name) \($0.total)" })")
        }
    }

    /// A function that nobody met on small inputs, and one that is met there only.
    @Test func sizesWithoutSamplesAreFactsToo() throws {
        let runs: [(size: Int64, profile: Profile)] = [
            (1_000, Profile(collapsed: "main;a 400\nmain;small 40")), (2_000, Profile(collapsed: "main;a 800")),
            (4_000, Profile(collapsed: "main;a 1600\nmain;late 60")),
        ]
        let scaling = try ProfileScaling(runs)
        let late = try row("late", scaling).total
        #expect(late.upper == .infinity && late.lower > 2 && late.exponent > 7.9)
        #expect(try row("late", scaling).isSteep)
        #expect(!scaling.rows().contains { $0.name == "small" }, "it costs nothing at the largest size")
    }

    @Test func recursionCountsOnceAndLabelsAreRows() throws {
        func profile(_ n: Int64) -> Profile {
            Profile(collapsed: "f;f;f \(n) node=a\nf;g \(n * n) node=b")
        }
        let runs = [10, 20, 40].map { (size: $0 as Int64, profile: profile($0).grouped(by: ["node"])) }
        let scaling = try ProfileScaling(runs)
        #expect(try row("f", scaling).totals == [110, 420, 1_640])
        let label = try #require(scaling.rows().first { $0.kind == .label && $0.name.contains("b") })
        #expect(label.totals == [100, 400, 1_600] && label.isSteep)
    }

    @Test func projectionsAddUp() throws {
        let scaling = try ProfileScaling(runs(5, seed: 9))
        let rows = scaling.rows()
        let shares = scaling.projectedShares(of: rows, at: 10)
        let sum = zip(rows, shares).reduce(0) { $0 + ($1.0.selfShare > 0 ? $1.1 ?? 0 : 0) }
        #expect(abs(sum - 1) < 0.01, "\(sum)")
        let triples = try #require(rows.firstIndex { $0.name == "triples" })
        #expect(try #require(shares[triples]) > 0.6)
    }

    @Test func whatCannotBeFittedIsSaid() {
        let some = Profile(collapsed: "a 10")
        #expect(throws: ProfileScalingError.tooFewSizes(0)) { try ProfileScaling([]) }
        #expect(throws: ProfileScalingError.tooFewSizes(1)) { try ProfileScaling([(5, some), (5, some)]) }
        #expect(throws: ProfileScalingError.badSize(0)) { try ProfileScaling([(0, some), (5, some)]) }
        #expect(throws: ProfileScalingError.empty(size: 5)) {
            try ProfileScaling([(1, some), (5, Profile(collapsed: "a 0"))])
        }
        #expect(throws: ProfileScalingError.typesDiffer(size: 5, type: .samples)) {
            try ProfileScaling([(1, some), (5, Profile(collapsed: "a 7", types: [.cpu]))])
        }
    }
}

extension SeededGenerator {
    /// Of the normal distribution, by twelve uniform numbers.
    fileprivate mutating func normal() -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &self) }
    }

    /// How many of what is expected so often; by waiting times up to 60, and by the normal distribution beyond.
    fileprivate mutating func poisson(_ mean: Double) -> Int {
        guard mean < 60 else { return max(0, Int((mean + mean.squareRoot() * normal()).rounded())) }
        var (count, rest) = (-1, mean)
        repeat {
            rest += log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &self))
            count += 1
        } while rest > 0
        return count
    }
}
