internal import ArgumentParser

/// What values are multiplied by: `0.25`, `1/60`.
struct ScaleFactor: ExpressibleByArgument {
    /// Above 0 and finite.
    var value: Double

    init?(argument: String) {
        let parts = argument.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = Double(parts[0]), let second = parts.count > 1 ? Double(parts[1]) : 1 else { return nil }
        value = first / second
        guard value.isFinite, value > 0, first > 0 else { return nil }
    }
}
