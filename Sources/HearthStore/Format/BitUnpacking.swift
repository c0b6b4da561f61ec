/// Takes `count` numbers of `width` bits from byte `start` on, the lowest bit first. The only unsafe code of the format: a
/// column of millions of values is read through here, and a bounds check a byte would be most of the time.
///
/// - Parameter values: room for `count` values from `first` on. All packed bytes lie inside `bytes`; the caller has checked.
func unpackBits(
    _ bytes: [UInt8], at start: Int, width: Int, count: Int, into values: inout [Int64], at first: Int
) {
    precondition(first >= 0 && values.count - first >= count && start + (count * width + 7) / 8 <= bytes.count)
    if width == 0 {
        for index in first..<first + count { values[index] = 0 }
        return
    }
    unsafe bytes.withUnsafeBytes { bytes in
        unsafe values.withUnsafeMutableBufferPointer { values in
            let mask: UInt64 = width == 64 ? .max : 1 << UInt64(width) &- 1
            // A word at a time as long as eight bytes are there; wider numbers may lie across nine.
            let whole = width > 56 ? 0 : min(count, max(0, (bytes.count - start - 8) * 8 / width))
            var bit = 0
            for index in 0..<whole {
                let word = unsafe UInt64(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: start &+ bit &>> 3, as: UInt64.self))
                unsafe values[first &+ index] = Int64(bitPattern: word &>> UInt64(bit & 7) & mask)
                bit &+= width
            }
            for index in whole..<max(whole, count) {
                let firstByte = start + bit >> 3
                let lastByte = start + (bit + width - 1) >> 3
                var value: UInt64 = 0
                for offset in firstByte...lastByte {
                    let byte = UInt64(unsafe bytes[offset])
                    let shift = (offset - firstByte) * 8 - bit & 7
                    value |= shift < 0 ? byte >> UInt64(-shift) : byte << UInt64(shift)
                }
                unsafe values[first + index] = Int64(bitPattern: value & mask)
                bit += width
            }
        }
    }
}
