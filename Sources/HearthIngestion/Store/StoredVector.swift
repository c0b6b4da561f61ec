internal import Foundation
internal import HearthRuntime

/// A vector as the store keeps it: 32-bit floats end to end, least significant byte first.
enum StoredVector {
    static func data(_ vector: ColumnBuffer<Float>) -> Data {
        #if _endian(little)
        return unsafe vector.withUnsafeBufferPointer { unsafe Data(buffer: $0) }
        #else
        var data = Data(capacity: vector.count * 4)
        for value in vector {
            for shift in stride(from: 0, to: 32, by: 8) {
                data.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(shift)))
            }
        }
        return data
        #endif
    }

    static func values(_ data: Data) -> [Float] {
        unsafe data.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { place in
                let bits = unsafe bytes.loadUnaligned(fromByteOffset: place * 4, as: UInt32.self)
                return Float(bitPattern: UInt32(littleEndian: bits))
            }
        }
    }

    /// The scalar product of a stored vector with another; nil where their lengths differ. Sums run in eight lanes, which
    /// are added up in order: the same on every machine.
    static func product(_ data: Data, _ vector: [Float]) -> Float? {
        guard data.count == vector.count * 4 else { return nil }
        return unsafe data.withUnsafeBytes { bytes in
            unsafe vector.withUnsafeBytes { other in
                var lanes = SIMD8<Float>()
                var place = 0
                while place + 8 <= vector.count {
                    let left = unsafe bytes.loadUnaligned(fromByteOffset: place * 4, as: SIMD8<UInt32>.self)
                    let right = unsafe other.loadUnaligned(fromByteOffset: place * 4, as: SIMD8<Float>.self)
                    lanes += unsafe unsafeBitCast(littleEndian(left), to: SIMD8<Float>.self) * right
                    place += 8
                }
                var sum: Float = 0
                for lane in 0..<8 { sum += lanes[lane] }
                while place < vector.count {
                    let left = UInt32(
                        littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: place * 4, as: UInt32.self))
                    sum += Float(bitPattern: left) * vector[place]
                    place += 1
                }
                return sum
            }
        }
    }

    private static func littleEndian(_ words: SIMD8<UInt32>) -> SIMD8<UInt32> {
        #if _endian(little)
        return words
        #else
        var swapped = words
        for lane in 0..<8 { swapped[lane] = words[lane].byteSwapped }
        return swapped
        #endif
    }
}
