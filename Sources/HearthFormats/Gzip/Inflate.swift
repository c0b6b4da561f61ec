internal import CZlib

/// Decompression of gzip streams, one or several in a row, within limits.
enum Inflate {
    /// Gzip's two magic bytes.
    static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B }

    private static let chunkSize = 1 << 18

    /// The uncompressed bytes. O(output) memory, at most `limits.uncompressedBytes`.
    static func gunzip(_ bytes: [UInt8], limits: ReadLimits) throws(ProfileReadError.Reason) -> [UInt8] {
        var stream = unsafe z_stream()
        // 15 bits of window, +16: gzip's header and check sum.
        guard unsafe inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(unsafe MemoryLayout<z_stream>.size)) == Z_OK
        else {
            throw .gzipIsCorrupt(byte: 0)
        }
        defer { unsafe inflateEnd(&stream) }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: chunkSize)
        var offset = 0
        while true {
            let step = unsafe inflateSome(&stream, bytes, from: offset, into: &chunk)
            offset += step.consumed
            output.append(contentsOf: chunk.prefix(step.produced))
            guard output.count <= limits.uncompressedBytes else {
                throw .tooLarge(limit: limits.uncompressedBytes, byte: offset)
            }
            // By what was read so far: a bomb is known as one long before its end.
            if output.count > limits.bytesOfAnyRatio, output.count / max(offset, 1) > limits.compressionRatio {
                throw .gzipBomb(ratio: limits.compressionRatio, byte: offset)
            }
            switch step.result {
            case Z_OK:
                continue
            case Z_STREAM_END:
                // Files may be several streams in a row, or be padded with zeros (tar, tape); gzip itself takes both.
                guard bytes[offset...].contains(where: { $0 != 0 }) else { return output }
                guard unsafe inflateReset(&stream) == Z_OK else { throw .gzipIsCorrupt(byte: offset) }
            case Z_BUF_ERROR where offset == bytes.count:
                throw .gzipEndsEarly(byte: offset)
            default:
                throw .gzipIsCorrupt(byte: offset)
            }
        }
    }

    private struct Step {
        var result: Int32
        var consumed: Int
        var produced: Int
    }

    /// One call of zlib's `inflate`, over at most 1 GiB of input since its counters are 32 bits wide.
    private static func inflateSome(
        _ stream: inout z_stream, _ bytes: [UInt8], from offset: Int, into chunk: inout [UInt8]
    ) -> Step {
        let available = min(bytes.count - offset, 1 << 30)
        return unsafe bytes.withUnsafeBufferPointer { input in
            unsafe chunk.withUnsafeMutableBufferPointer { output in
                unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { unsafe $0 + offset })
                unsafe stream.avail_in = UInt32(available)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(output.count)
                let result = unsafe inflate(&stream, Z_NO_FLUSH)
                return unsafe Step(
                    result: result, consumed: available - Int(stream.avail_in),
                    produced: output.count - Int(stream.avail_out))
            }
        }
    }
}
