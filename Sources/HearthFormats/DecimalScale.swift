internal import HearthProfile

/// How fractional counts live in whole numbers: all counts of a file are multiplied by one power of ten, and the unit
/// says so, as in `count/1000`. Writing divides again.
struct DecimalScale: Equatable {
    /// Digits after the point that are kept: 0 to 6 of a count, 9 of a time in seconds.
    var digits: Int

    /// Of counts: a unit such as `count/1000000` says no more.
    static let mostDigits = 6

    init(digits: Int) { self.digits = digits }

    /// The scale that a type's unit names: 3 digits for `count/1000`, 0 for a unit without.
    init(of type: ValueType) { self.init(digits: String(type.divisor).count - 1) }

    var factor: Int64 { (0..<digits).reduce(1) { factor, _ in factor * 10 } }

    /// The unit of the scaled values.
    func scaled(_ type: ValueType) -> ValueType {
        digits == 0 ? type : ValueType(type: type.type, unit: "\(type.unit)/\(factor)")
    }

    /// The scaled value of a number in decimal digits (`12`, `-1.25`, `.5`), rounded half away from zero; nil when it is
    /// none, or beyond 64 bits.
    func parse(_ number: ArraySlice<UInt8>) -> Int64? {
        var rest = number
        let isNegative = rest.first == Ascii.minus
        if isNegative { rest = rest.dropFirst() }
        var value: Int64 = 0
        var seen = 0
        var kept: Int?
        var roundsUp = false
        for byte in rest {
            if byte == Ascii.dot, kept == nil {
                kept = 0
                continue
            }
            guard Ascii.isDigit(byte) else { return nil }
            seen += 1
            if let fraction = kept {
                kept = fraction + 1
                if fraction == digits { roundsUp = byte >= UInt8(ascii: "5") }
                if fraction >= digits { continue }
            }
            guard let next = Self.append(Int64(byte - Ascii.zero), to: value) else { return nil }
            value = next
        }
        guard seen > 0 else { return nil }
        for _ in min(kept ?? 0, digits)..<digits {
            guard let next = Self.append(0, to: value) else { return nil }
            value = next
        }
        if roundsUp {
            guard value < .max else { return nil }
            value += 1
        }
        return isNegative ? -value : value
    }

    /// Whether `parse` would take the text if only 64 bits were enough.
    static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
        let unsigned = text.first == Ascii.minus ? text.dropFirst() : text
        return unsigned.contains(where: Ascii.isDigit) && unsigned.allSatisfy { Ascii.isDigit($0) || $0 == Ascii.dot }
            && unsigned.count { $0 == Ascii.dot } <= 1
    }

    /// Digits after the point that `number` needs, zeros at the end not counted.
    static func digitsNeeded(_ number: ArraySlice<UInt8>) -> Int {
        guard let dot = number.firstIndex(of: Ascii.dot) else { return 0 }
        guard let last = number[dot...].lastIndex(where: { $0 != Ascii.zero }) else { return 0 }
        return last - dot
    }

    /// The number as it stands in a file: 1250 in thousandths is `1.25`.
    func text(_ value: Int64) -> String {
        guard digits > 0 else { return String(value) }
        let whole = value.magnitude / UInt64(factor)
        var fraction = String(value.magnitude % UInt64(factor))
        fraction = String(repeating: "0", count: digits - fraction.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        let sign = value < 0 ? "-" : ""
        return fraction.isEmpty ? "\(sign)\(whole)" : "\(sign)\(whole).\(fraction)"
    }

    private static func append(_ digit: Int64, to value: Int64) -> Int64? {
        let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
        let (sum, overflow) = product.addingReportingOverflow(digit)
        return tooLarge || overflow ? nil : sum
    }
}
