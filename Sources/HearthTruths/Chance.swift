internal import Foundation
internal import HearthRandom

/// What chance alone explains.
package enum Chance {
    /// The probability of a χ² at least this large. Wilson and Hilferty's approximation: good to a few per cent of the value
    /// down to 1e-6.
    package static func chiSquaredTail(_ value: Double, degrees: Int) -> Double {
        let k = Double(degrees)
        let z = (cbrt(value / k) - (1 - 2 / (9 * k))) / (2 / (9 * k)).squareRoot()
        return 0.5 * erfc(z / 2.0.squareRoot())
    }

    /// Pearson's statistic of counts against expected counts of the same sum.
    package static func chiSquared(_ counts: [Double], _ expected: [Double]) -> Double {
        zip(counts, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / $1.1 }
    }

    /// Half the sum of the differences of two distributions: 0 the same, 1 nothing in common.
    package static func variation(_ left: [Double], _ right: [Double]) -> Double {
        let (a, b) = (max(left.reduce(0, +), 1), max(right.reduce(0, +), 1))
        return zip(left, right).reduce(0) { $0 + abs($1.0 / a - $1.1 / b) } / 2
    }

    /// The total variation that two samples of one distribution stay under with this probability, by simulation.
    package static func variationBound(_ left: [Double], _ right: [Double], probability: Double) -> Double {
        let pooled = zip(left, right).map { $0 + $1 }
        let (leftCount, rightCount) = (Int(left.reduce(0, +)), Int(right.reduce(0, +)))
        var generator = SeededGenerator(seed: 1)
        let drawn = (0..<2_000).map { _ in
            variation(draw(leftCount, pooled, &generator), draw(rightCount, pooled, &generator))
        }.sorted()
        return drawn[min(drawn.count - 1, Int(Double(drawn.count) * probability))]
    }

    private static func draw(_ count: Int, _ weights: [Double], _ generator: inout SeededGenerator) -> [Double] {
        var sums: [Double] = []
        for weight in weights { sums.append((sums.last ?? 0) + weight) }
        let total = sums.last ?? 1
        var counts = Array(repeating: 0.0, count: weights.count)
        for _ in 0..<count {
            let point = Double.random(in: 0..<total, using: &generator)
            counts[sums.firstIndex { point < $0 } ?? counts.count - 1] += 1
        }
        return counts
    }
}
