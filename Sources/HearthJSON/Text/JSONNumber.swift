/// Reads numbers by the grammar that RFC 8259 and RFC 9535 share.
enum JSONNumber {
    enum Fault: Error {
        case leadingZero, malformed, outOfRange

        var reason: String {
            switch self {
            case .leadingZero: "number with a leading zero"
            case .malformed: "malformed number"
            case .outOfRange: "number out of range"
            }
        }
    }

    /// The number at `position`, which moves behind it; at a fault it stays.
    static func read(_ bytes: [UInt8], at position: inout Int) throws(Fault) -> JSONValue {
        let start = position
        var place = position
        let isNegative = place < bytes.count && bytes[place] == UInt8(ascii: "-")
        if isNegative { place += 1 }
        // The digits as one integer, as long as they fit, and the power of ten that it is to be taken by.
        var digits: UInt64 = 0
        var fits = true
        var exponent = 0
        func run() throws(Fault) -> Int {
            let first = place
            while place < bytes.count {
                let digit = bytes[place] &- UInt8(ascii: "0")
                guard digit < 10 else { break }
                let (tens, isOver) = digits.multipliedReportingOverflow(by: 10)
                let (sum, isOverAgain) = tens.addingReportingOverflow(UInt64(digit))
                if isOver || isOverAgain { fits = false } else { digits = sum }
                place += 1
            }
            guard place > first else { throw .malformed }
            return place - first
        }
        let whole = try run()
        if whole > 1, bytes[place - whole] == UInt8(ascii: "0") { throw .leadingZero }
        var isInteger = true
        if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
            isInteger = false
            place += 1
            exponent = -(try run())
        }
        if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            place += 1
            var sign = 1
            if place < bytes.count, bytes[place] == UInt8(ascii: "+") || bytes[place] == UInt8(ascii: "-") {
                sign = bytes[place] == UInt8(ascii: "-") ? -1 : 1
                place += 1
            }
            let mantissa = (digits, fits)
            digits = 0
            _ = try run()
            exponent += sign * Int(min(digits, 100_000))
            (digits, fits) = mantissa
        }
        defer { position = place }
        if isInteger, fits {
            if !isNegative, let value = Int64(exactly: digits) { return .integer(value) }
            if isNegative, digits <= 1 << 63 { return .integer(Int64(truncatingIfNeeded: 0 &- digits)) }
        }
        // Both exact as doubles, so that one operation rounds once, and rightly.
        if fits, digits <= 1 << 53, -22...22 ~= exponent {
            let power = powers[abs(exponent)]
            let value = exponent < 0 ? Double(digits) / power : Double(digits) * power
            return .number(isNegative ? -value : value)
        }
        guard let value = Double(String(decoding: bytes[start..<place], as: UTF8.self)), value.isFinite else {
            place = start
            throw .outOfRange
        }
        return .number(value)
    }

    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20,
        1e21, 1e22,
    ]
}
