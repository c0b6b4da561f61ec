internal import CZlib

/// A body as one member of gzip.
enum GzipPacking {
    /// Zlib's own default.
    private static let level: Int32 = 6

    /// Nil without memory.
    static func packed(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = unsafe z_stream()
        // 15 bits of window, +16: gzip's header and check sum.
        guard
            unsafe deflateInit2_(
                &stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(unsafe MemoryLayout<z_stream>.size)) == Z_OK
        else { return nil }
        defer { unsafe deflateEnd(&stream) }
        guard bytes.count <= Int(UInt32.max) else { return nil }
        var input = bytes
        let room = unsafe Int(deflateBound(&stream, UInt(bytes.count)))
        var output = [UInt8](repeating: 0, count: room)
        let count: Int? = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe stream.next_in = input.baseAddress
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(output.count)
                guard unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END else { return nil }
                return unsafe output.count - Int(stream.avail_out)
            }
        }
        return count.map { Array(output[..<$0]) }
    }
}

/// Members of gzip one after the other. For one task at a time.
@safe final class GzipUnpacking: UnpackingStream {
    private var stream = unsafe z_stream()
    private var isAtEnd = false

    init() throws(PackedBodyError) {
        let result = unsafe inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(unsafe MemoryLayout<z_stream>.size))
        guard result == Z_OK else { throw .noMemory }
    }

    deinit { unsafe inflateEnd(&stream) }

    func step(_ bytes: [UInt8], _ place: Int, into piece: inout [UInt8]) throws(PackedBodyError) -> UnpackingStep {
        if isAtEnd && place < bytes.count {
            guard unsafe inflateReset(&stream) == Z_OK else { throw .damaged(.gzip, byte: place) }
            isAtEnd = false
        }
        // Zlib counts in 32 bits.
        let length = min(bytes.count - place, 1 << 30)
        let step: (result: Int32, consumed: Int, produced: Int) = unsafe bytes.withUnsafeBufferPointer { input in
            unsafe piece.withUnsafeMutableBufferPointer { output in
                // Zlib does not write there, though its type says that it may.
                unsafe stream.next_in = input.baseAddress.map { unsafe UnsafeMutablePointer(mutating: $0 + place) }
                unsafe stream.avail_in = UInt32(length)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(output.count)
                let result = unsafe inflate(&stream, Z_NO_FLUSH)
                return unsafe (result, length - Int(stream.avail_in), output.count - Int(stream.avail_out))
            }
        }
        switch step.result {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isAtEnd = true
        case Z_MEM_ERROR: throw .noMemory
        default: throw .damaged(.gzip, byte: place + step.consumed)
        }
        return UnpackingStep(consumed: step.consumed, produced: step.produced, isAtEnd: isAtEnd)
    }
}
