/// Which items of a column have a value: one bit an item, least significant first, as in Arrow.
public struct Validity: Hashable, Sendable {
    public private(set) var bytes: [UInt8] = []
    public private(set) var count = 0
    public private(set) var nullCount = 0

    public init() {}

    public mutating func append(_ isValid: Bool) {
        if count % 8 == 0 { bytes.append(0) }
        if isValid { bytes[count / 8] |= 1 << (count % 8) } else { nullCount += 1 }
        count += 1
    }

    public subscript(_ index: Int) -> Bool { bytes[index / 8] & 1 << (index % 8) != 0 }
}
