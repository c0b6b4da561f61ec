/// Reads that are checked against the bounds and never trap: what lies outside is nil.
///
/// The only file of this target that uses unsafe loads; each stands behind its own bounds check.
extension RawSpan {
    /// The little-endian integer at `offset`, at any alignment.
    @inline(__always)
    func load<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, at offset: Int) -> Value? {
        guard offset >= 0, offset <= byteCount &- MemoryLayout<Value>.size else { return nil }
        return Value(littleEndian: unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Value.self))
    }

    /// The integer at `position`, which moves past it.
    @inline(__always)
    func next<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, _ position: inout Int) -> Value? {
        guard let value = load(type, at: position) else { return nil }
        position &+= MemoryLayout<Value>.size
        return value
    }

    /// An unsigned LEB128 number of at most ten bytes; bits above 64 are dropped.
    @inline(__always)
    func nextULEB128(_ position: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 70 {
            guard let byte = next(UInt8.self, &position) else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            shift &+= 7
            if byte < 0x80 { return value }
        }
        return nil
    }

    /// A signed LEB128 number of at most ten bytes.
    @inline(__always)
    func nextSLEB128(_ position: inout Int) -> Int64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 70 {
            guard let byte = next(UInt8.self, &position) else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            shift &+= 7
            if byte < 0x80 {
                if byte & 0x40 != 0, shift < 64 { value |= UInt64.max << shift }
                return Int64(bitPattern: value)
            }
        }
        return nil
    }

    /// The offset of the zero that ends the text at `offset`, looked for before `end`.
    func endOfText(at offset: Int, before end: Int) -> Int? {
        guard offset >= 0 else { return nil }
        var position = offset
        let end = Swift.min(end, byteCount)
        while position < end {
            if unsafe unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self) == 0 { return position }
            position &+= 1
        }
        return nil
    }

    /// The zero-ended text at `offset`, with bytes that are no UTF-8 replaced; nil when no zero stands before `end`.
    func text(at offset: Int, before end: Int) -> String? {
        guard let textEnd = endOfText(at: offset, before: end) else { return nil }
        return text(offset..<textEnd)
    }

    /// The bytes of `range`, which must lie inside, as text.
    func text(_ range: Range<Int>) -> String {
        unsafe extracting(range).withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Whether `range` lies inside. Ranges come from files and can claim anything.
    func contains(_ range: Range<Int>) -> Bool { range.lowerBound >= 0 && range.upperBound <= byteCount }

    /// The range of `size` bytes at `offset`, if all of it lies inside.
    func range(at offset: UInt64, size: UInt64) -> Range<Int>? {
        let (end, overflow) = offset.addingReportingOverflow(size)
        guard !overflow, end <= UInt64(byteCount) else { return nil }
        return Int(offset)..<Int(end)
    }
}
