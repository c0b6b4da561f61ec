/// A day of the Gregorian calendar, as a count from 1970-01-01.
public struct CalendarDay: Hashable, Sendable, CustomStringConvertible {
    public let number: Int
    public let description: String

    /// `2026-11-27`, with a time behind it or not, which is passed over; nil for what is no day.
    public init?(_ text: some Collection<UInt8>) {
        let bytes = Array(text.prefix(11))
        guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes.count == 10 || bytes[10] == UInt8(ascii: "T") || bytes[10] == 0x20,
            let year = Self.digits(bytes[0..<4]), let month = Self.digits(bytes[5..<7]),
            let day = Self.digits(bytes[8..<10]), (1...12).contains(month), day >= 1,
            day <= Self.length(of: month, in: year)
        else { return nil }
        // Years from March on have the leap day at their end.
        let shifted = month > 2 ? year : year - 1
        let place = (month + 9) % 12
        number =
            365 * shifted + shifted.dividedDown(by: 4) - shifted.dividedDown(by: 100) + shifted.dividedDown(by: 400)
            + (153 * place + 2) / 5 + day - 1 - 719_468
        description = String(decoding: bytes[..<10], as: UTF8.self)
    }

    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    private static func length(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Int {
    fileprivate func dividedDown(by divisor: Int) -> Int {
        self >= 0 ? self / divisor : -((divisor - 1 - self) / divisor)
    }
}
