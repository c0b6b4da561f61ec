internal import CZlib

/// Compression to one gzip stream without name and time, so that the same bytes give the same file.
enum Deflate {
    private static let chunkSize = 1 << 18

    /// The gzip stream of `bytes`; nil when zlib has no memory left.
    static func gzip(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = unsafe z_stream()
        let size = Int32(unsafe MemoryLayout<z_stream>.size)
        guard
            unsafe deflateInit2_(
                &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
        else { return nil }
        defer { unsafe deflateEnd(&stream) }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: chunkSize)
        var offset = 0
        while true {
            let available = min(bytes.count - offset, 1 << 30)
            let flush = offset + available == bytes.count ? Z_FINISH : Z_NO_FLUSH
            let result = unsafe bytes.withUnsafeBufferPointer { input in
                unsafe chunk.withUnsafeMutableBufferPointer { room in
                    unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { unsafe $0 + offset })
                    unsafe stream.avail_in = UInt32(available)
                    unsafe stream.next_out = room.baseAddress
                    unsafe stream.avail_out = UInt32(room.count)
                    return unsafe deflate(&stream, flush)
                }
            }
            offset += available - Int(unsafe stream.avail_in)
            output.append(contentsOf: chunk.prefix(chunk.count - Int(unsafe stream.avail_out)))
            if result == Z_STREAM_END { return output }
            guard result == Z_OK || result == Z_BUF_ERROR else { return nil }
        }
    }
}
