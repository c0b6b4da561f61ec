/// How a pointer is written in `.eh_frame` (`DW_EH_PE_…`).
struct PointerEncoding {
    var rawValue: UInt8

    static let absolute = PointerEncoding(rawValue: 0)

    /// True when the value lies elsewhere, in memory that exists only in a running process.
    var isIndirect: Bool { rawValue & 0x80 != 0 && rawValue != 0xFF }

    /// The number at `position`, which moves past it, without what it is relative to.
    func nextValue(_ bytes: RawSpan, _ position: inout Int) -> UInt64? {
        switch rawValue & 0x0F {
        case 0x0, 0x4, 0xC: bytes.next(UInt64.self, &position)
        case 0x1: bytes.nextULEB128(&position)
        case 0x2: bytes.next(UInt16.self, &position).map { UInt64($0) }
        case 0x3: bytes.next(UInt32.self, &position).map { UInt64($0) }
        case 0x9: bytes.nextSLEB128(&position).map { UInt64(bitPattern: $0) }
        case 0xA: bytes.next(Int16.self, &position).map { UInt64(bitPattern: Int64($0)) }
        case 0xB: bytes.next(Int32.self, &position).map { UInt64(bitPattern: Int64($0)) }
        default: nil
        }
    }

    /// The address at `position`; `sectionAddress` is that of byte 0. Nil for an encoding relative to what only a loader
    /// knows.
    func nextAddress(_ bytes: RawSpan, _ position: inout Int, sectionAddress: UInt64) -> UInt64? {
        let field = sectionAddress &+ UInt64(truncatingIfNeeded: position)
        guard !isIndirect, let value = nextValue(bytes, &position) else { return nil }
        switch rawValue & 0x70 {
        case 0x00: return value
        case 0x10: return field &+ value
        default: return nil
        }
    }
}
