internal import Foundation
package import HearthProfile
internal import HearthRandom

/// Runs of a program that never ran, of which it is known what changed: for measuring what a comparison of profiles finds, and
/// what it takes for a change that is none.
///
/// What a function costs differs from run to run by a factor of its own; what is sampled of it, by chance besides. The same
/// seed gives the same runs.
package struct SyntheticRuns {
    package struct Shape: Sendable {
        package var nodes = 1_500
        package var functions = 300
        /// Samples of a run, on average.
        package var samples = 6_000
        /// How much a function's cost varies from run to run: the standard deviation of its logarithm, for half of the
        /// functions more, for half less.
        package var noise = 0.04
        /// How much that differs between functions, in the same terms.
        package var noiseSpread = 0.5
        /// How much all costs of a run vary together.
        package var common = 0.0

        package init() {}
    }

    private let shape: Shape
    private var random: SeededGenerator
    private let parents: [Int]
    private let functions: [Int]
    /// Self cost of each node, as a share of all.
    private let costs: [Double]
    private let noises: [Double]

    package init(_ shape: Shape = Shape(), seed: UInt64) {
        self.shape = shape
        var random = SeededGenerator(seed: seed)
        var parents = [-1]
        for node in 1..<shape.nodes { parents.append(random.below(10) < 6 ? node - 1 : random.below(node)) }
        self.parents = parents
        functions = parents.indices.map { _ in random.below(shape.functions) }
        // A few cost much, most little or nothing: a Pareto distribution of exponent 1.2.
        let weights = parents.indices.map { _ in
            random.below(10) < 4 ? min(pow(Self.uniform(&random), -1 / 1.2) - 1, 200) : 0
        }
        let sum = weights.reduce(0, +)
        costs = weights.map { $0 / sum }
        noises = (0..<shape.functions).map { _ in shape.noise * exp(shape.noiseSpread * Self.normal(&random)) }
        self.random = random
    }

    /// The name of a function.
    package static func name(_ function: Int) -> String { "function\(function)" }

    /// Functions by self cost, the dearest first, with their share of all.
    package var functionsByCost: [(function: Int, share: Double)] {
        var shares = Array(repeating: 0.0, count: shape.functions)
        for node in costs.indices { shares[functions[node]] += costs[node] }
        return shares.enumerated().map { (function: $0.offset, share: $0.element) }.sorted { $0.share > $1.share }
    }

    /// Some runs.
    ///
    /// - Parameter changes: functions and the factors that their costs have changed by.
    package mutating func runs(_ count: Int, changes: [Int: Double] = [:]) -> [Profile] {
        (0..<count).map { _ in run(changes) }
    }

    /// The runs as the time blocks of one profile.
    package mutating func blocks(_ count: Int, changes: [Int: Double] = [:]) -> Profile {
        var profile = Profile(sampleTypes: [.samples], blockDuration: 1_000_000_000)
        let stacks = stacks(in: &profile)
        for block in 0..<count { addRun(changes, to: &profile, stacks, block: UInt32(block)) }
        return profile
    }

    private mutating func run(_ changes: [Int: Double]) -> Profile {
        var profile = Profile(sampleTypes: [.samples])
        addRun(changes, to: &profile, stacks(in: &profile), block: nil)
        return profile
    }

    private func stacks(in profile: inout Profile) -> [StackID] {
        let frames = (0..<shape.functions).map { profile.intern(frameNamed: Self.name($0)) }
        var stacks: [StackID] = []
        for node in parents.indices {
            stacks.append(
                profile.push(frames[functions[node]], on: node == 0 ? .empty : stacks[parents[node]]))
        }
        return stacks
    }

    private mutating func addRun(
        _ changes: [Int: Double], to profile: inout Profile, _ stacks: [StackID], block: UInt32?
    ) {
        let common = exp(shape.common * Self.normal(&random))
        var factors: [Double] = []
        for noise in noises { factors.append(common * exp(noise * Self.normal(&random) - noise * noise / 2)) }
        for (function, factor) in changes { factors[function] *= factor }
        for node in costs.indices where costs[node] > 0 {
            let count = poisson(Double(shape.samples) * costs[node] * factors[functions[node]])
            if count > 0 { profile.add(.init(stack: stacks[node], block: block), values: [Int64(count)]) }
        }
    }

    // MARK: What is true

    /// Whether a function's own cost, or what runs while it is on the stack, has changed: as it is, or as a share of all.
    package func isChanged(_ changes: [Int: Double], asShare: Bool) -> (own: Set<String>, total: Set<String>) {
        let before = expected([:])
        let after = expected(changes)
        let scale = asShare ? (before.all, after.all) : (1, 1)
        func differing(_ a: [Double], _ b: [Double]) -> Set<String> {
            Set(a.indices.filter { abs(a[$0] / scale.0 - b[$0] / scale.1) > 1e-9 * a[$0] }.map(Self.name))
        }
        return (differing(before.own, after.own), differing(before.total, after.total))
    }

    private func expected(_ changes: [Int: Double]) -> (own: [Double], total: [Double], all: Double) {
        var inclusive = costs.indices.map { costs[$0] * (changes[functions[$0]] ?? 1) }
        var own = Array(repeating: 0.0, count: shape.functions)
        for node in inclusive.indices { own[functions[node]] += inclusive[node] }
        for node in stride(from: parents.count - 1, to: 0, by: -1) { inclusive[parents[node]] += inclusive[node] }
        var total = Array(repeating: 0.0, count: shape.functions)
        for node in parents.indices {
            var caller = parents[node]
            while caller >= 0, functions[caller] != functions[node] { caller = parents[caller] }
            if caller < 0 { total[functions[node]] += inclusive[node] }
        }
        return (own, total, inclusive[0])
    }

    // MARK: Chance

    private static func uniform(_ random: inout SeededGenerator) -> Double {
        Double(random.next() >> 11) * 0x1p-53 + 0x1p-54
    }

    private static func normal(_ random: inout SeededGenerator) -> Double {
        (-2 * log(uniform(&random))).squareRoot() * cos(2 * .pi * uniform(&random))
    }

    /// Exact: a sum of independent counts of at most 30 each, every one by Knuth's product of uniform numbers.
    private mutating func poisson(_ mean: Double) -> Int {
        var count = 0
        var left = mean
        while left > 0 {
            let part = min(left, 30)
            left -= part
            let limit = exp(-part)
            var product = Self.uniform(&random)
            while product > limit {
                count += 1
                product *= Self.uniform(&random)
            }
        }
        return count
    }
}
