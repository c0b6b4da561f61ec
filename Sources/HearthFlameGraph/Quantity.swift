internal import HearthProfile

/// A value in words: `1,234 samples`, `1.5 samples`, `12.3 ms`, `4.5 MiB`.
package struct Quantity {
    private let steps: [(size: Int64, name: String)]
    private let plainUnit: String
    /// What values are divided by to be in the unit: fractional counts are kept as whole numbers.
    private let divisor: Int64

    package init(unit: String) {
        let type = ValueType(type: "", unit: unit)
        divisor = type.divisor
        switch type.plainUnit {
        case "nanoseconds", "ns":
            steps = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")]
            plainUnit = "ns"
        case "microseconds", "us":
            steps = [(1_000_000, "s"), (1_000, "ms")]
            plainUnit = "µs"
        case "milliseconds", "ms":
            steps = [(1_000, "s")]
            plainUnit = "ms"
        case "bytes":
            steps = [(1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")]
            plainUnit = "B"
        case "count", "":
            steps = []
            plainUnit = "samples"
        default:
            steps = []
            plainUnit = type.plainUnit
        }
    }

    package func text(_ value: Int64) -> String {
        guard let step = steps.first(where: { value / divisor >= $0.size }) else {
            return "\(number(value)) \(plainUnit)"
        }
        return significant(Double(value) / Double(divisor) / Double(step.size)) + " " + step.name
    }

    /// The same of a quotient, from 0 up, with three figures also where it is small: `49.8 µs`, `0.0123 samples`.
    package func quotientText(_ quotient: Double) -> String {
        let value = quotient / Double(divisor)
        guard let step = steps.first(where: { value >= Double($0.size) }) else {
            return "\(small(value)) \(plainUnit)"
        }
        return significant(value / Double(step.size)) + " " + step.name
    }

    /// The value in its plain unit without the unit's name: `1,234`, `1.5`.
    package func number(_ value: Int64) -> String {
        let rest = value.magnitude % divisor.magnitude
        if rest == 0 { return thousands(value / divisor) }
        let digits = String(divisor + Int64(rest)).dropFirst()
        let fraction = digits[...(digits.lastIndex { $0 != "0" } ?? digits.startIndex)]
        return "\(value < 0 && value > -divisor ? "-" : "")\(thousands(value / divisor)).\(fraction)"
    }

    /// The same rules for the script: sizes and names, largest first, then the plain unit and the divisor.
    var script: String {
        let list = steps.map { "[\($0.size),\(scriptString($0.name))]" }.joined(separator: ",")
        return "[[\(list)],\(scriptString(plainUnit)),\(divisor)]"
    }
}

/// `1,234,567`.
func thousands(_ value: Int64) -> String {
    var groups: [String] = []
    var rest = value.magnitude
    while rest >= 1_000 {
        let digits = String(rest % 1_000)
        groups.append(String(repeating: "0", count: 3 - digits.utf8.count) + digits)
        rest /= 1_000
    }
    groups.append(String(rest))
    return (value < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
}

/// Three figures from 1 to 999, whole above: `1.23`, `12.3`, `1,234`.
private func significant(_ value: Double) -> String {
    if value < 9.995 { return decimal(value, places: 2) }
    if value < 99.95 { return decimal(value, places: 1) }
    return thousands(Int64(value.rounded(), clampedTo: .max))
}

/// Three figures, below 1 too: `0.0123`.
private func small(_ value: Double) -> String {
    if value == 0 { return "0" }
    var places = 2
    var limit = 0.9995
    while value < limit, places < 9 {
        places += 1
        limit /= 10
    }
    return places == 2 ? significant(value) : decimal(value, places: places)
}

/// A number with exactly so many decimal places, 1 to 9.
func decimal(_ value: Double, places: Int) -> String {
    let scale = (0..<places).reduce(Int64(1)) { scale, _ in scale * 10 }
    let scaled = Int64((value.magnitude * Double(scale)).rounded(), clampedTo: .max)
    let fraction = String(scaled % scale)
    let padding = String(repeating: "0", count: places - fraction.utf8.count)
    return "\(value < 0 && scaled > 0 ? "-" : "")\(thousands(scaled / scale)).\(padding)\(fraction)"
}

/// `12.34%`; `100%` for the whole, nothing of nothing is `0.00%`.
package func percent(_ part: Int64, of whole: Int64) -> String {
    if whole > 0, part == whole { return "100%" }
    return decimal(whole > 0 ? Double(part) / Double(whole) * 100 : 0, places: 2) + "%"
}
