/// A number as it stands in a file. JSON's whole numbers may need all of 64 bits, of which a `Double` holds 53.
enum JSONNumber {
    case whole(Int64)
    case real(Double)

    var double: Double {
        switch self {
        case .whole(let number): Double(number)
        case .real(let number): number
        }
    }

    /// The number `factor` times as large, rounded half away from zero; the end of the range where it passes that. Exact for
    /// whole numbers.
    func scaled(by factor: Int64) -> Int64 {
        switch self {
        case .whole(let number):
            let (product, overflow) = number.multipliedReportingOverflow(by: factor)
            return overflow ? (number < 0 ? .min : .max) : product
        case .real(let number):
            let product = (number * Double(factor)).rounded()
            return Int64(exactly: product) ?? (product < 0 ? .min : .max)
        }
    }

    /// The difference; exact for whole numbers.
    static func - (left: JSONNumber, right: JSONNumber) -> JSONNumber {
        if case .whole(let left) = left, case .whole(let right) = right {
            let (difference, overflow) = left.subtractingReportingOverflow(right)
            if !overflow { return .whole(difference) }
        }
        return .real(left.double - right.double)
    }
}
