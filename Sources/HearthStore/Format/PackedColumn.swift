/// A column of integers in chunks of 128: a base, a bit width, the differences from the base in so many bits, and the few
/// that need more as exceptions.
///
/// ```
/// signed    base
/// byte      width 0…64; bit 7 is set where differences are zigzag numbers
/// byte      exceptions
/// bytes     differences, `width` bits each, the lowest bit of the first byte first; the last byte is filled with zeros
/// exceptions × { byte index, varint (difference >> width) }
/// ```
/// Profiles are made of such columns: nearly all samples of a window stand for the same time, and rows are sorted. It
/// is read at a nanosecond or two a value, where inflating the same numbers takes five.
enum PackedColumn {
    static let chunkSize = 128

    /// Appends the byte length of the column and the column. O(values).
    static func append(_ values: [Int64], to bytes: inout [UInt8]) {
        var column: [UInt8] = []
        var chunk: [UInt64] = []
        for start in stride(from: 0, to: values.count, by: chunkSize) {
            append(values[start..<min(start + chunkSize, values.count)], to: &column, scratch: &chunk)
        }
        bytes.append(varint: column.count)
        bytes.append(contentsOf: column)
    }

    private static func append(_ values: ArraySlice<Int64>, to bytes: inout [UInt8], scratch: inout [UInt64]) {
        // Above the smallest: what is sorted or counted. Around the median: what scatters to both sides, or seldom.
        let low = values.min() ?? 0
        let median = values.sorted()[values.count / 2]
        let above = cost(values.map { UInt64(bitPattern: $0 &- low) })
        let around = cost(values.map { ($0 &- median).zigzag })
        let isZigzag = around.bytes < above.bytes
        let width = isZigzag ? around.width : above.width
        let base = isZigzag ? median : low
        scratch = values.map { isZigzag ? ($0 &- base).zigzag : UInt64(bitPattern: $0 &- base) }
        bytes.append(signed: base)
        bytes.append(UInt8(width) | (isZigzag ? 0x80 : 0))
        let exceptions = scratch.indices.filter { width < 64 && scratch[$0] >> UInt64(width) != 0 }
        bytes.append(UInt8(exceptions.count))
        pack(scratch, width: width, to: &bytes)
        for index in exceptions {
            bytes.append(UInt8(index))
            bytes.append(varint: scratch[index] >> UInt64(width))
        }
    }

    /// The width that takes the least bytes, exceptions included.
    private static func cost(_ differences: [UInt64]) -> (width: Int, bytes: Int) {
        var lengths = Array(repeating: 0, count: 65)
        for difference in differences { lengths[64 - difference.leadingZeroBitCount] += 1 }
        var best = (width: 64, bytes: Int.max)
        for width in 0...64 {
            var bytes = (differences.count * width + 7) / 8
            for length in (width + 1)..<65 where lengths[length] > 0 {
                bytes += lengths[length] * (1 + (length - width + 6) / 7)
            }
            if bytes < best.bytes { best = (width, bytes) }
        }
        return best
    }

    private static func pack(_ values: [UInt64], width: Int, to bytes: inout [UInt8]) {
        guard width > 0 else { return }
        let mask: UInt64 = width == 64 ? .max : 1 << UInt64(width) - 1
        var pending: UInt64 = 0
        var bits = 0
        for value in values {
            let value = value & mask
            pending |= value << UInt64(bits)
            let taken = min(width, 64 - bits)
            bits += taken
            while bits >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: pending))
                pending >>= 8
                bits -= 8
            }
            // What did not fit into the word; at least eight bits are free now.
            if taken < width {
                pending |= (value >> UInt64(taken)) << UInt64(bits)
                bits += width - taken
                while bits >= 8 {
                    bytes.append(UInt8(truncatingIfNeeded: pending))
                    pending >>= 8
                    bits -= 8
                }
            }
        }
        if bits > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
    }
}
