#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// How much longer or slower than others a whole run was, by what most of its functions say: the median, over functions with
/// samples enough, of a run's value ÷ the geometric mean of all runs (Anders and Huber). One function that grows does not move it.
enum SizeFactors {
    private static let fewestSamples = 50.0
    private static let fewestFunctions = 5

    /// One factor a run, around 1.
    ///
    /// - Parameter runs: for each run the samples of each function.
    static func of(_ runs: [[Double]]) -> [Double] {
        guard let functions = runs.first?.indices else { return [] }
        var ratios: [[Double]] = Array(repeating: [], count: runs.count)
        for function in functions {
            let values = runs.map { $0[function] }
            guard values.reduce(0, +) >= fewestSamples * Double(runs.count), values.allSatisfy({ $0 > 0 }) else {
                continue
            }
            let product = values.reduce(0) { $0 + log($1) } / Double(runs.count)
            for (run, value) in values.enumerated() { ratios[run].append(log(value) - product) }
        }
        guard let count = ratios.first?.count, count >= fewestFunctions else { return byTotal(runs) }
        return ratios.map { ratios in
            let sorted = ratios.sorted()
            let middle = sorted.count / 2
            return exp(
                sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2)
        }
    }

    private static func byTotal(_ runs: [[Double]]) -> [Double] {
        let totals = runs.map { $0.reduce(0, +) }
        let mean = totals.reduce(0, +) / Double(max(totals.count, 1))
        return totals.map { mean > 0 ? max($0, mean / 1_000) / mean : 1 }
    }
}
