internal import CZlib

/// Compression to one gzip stream without name and time, so that the same bytes give the same file. Not thread-safe.
@safe package final class Deflate {
    /// Of no gain to be larger: what a thread has freed of it stays with the thread.
    private static let chunkSize = 1 << 15

    // zlib keeps the address of its stream, so it may not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var chunk = [UInt8](repeating: 0, count: chunkSize)

    /// Nil when zlib has no memory left.
    package init?() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let size = Int32(unsafe MemoryLayout<z_stream>.size)
        // 15 bits of window, +16: gzip's header and check sum.
        let result = unsafe deflateInit2_(
            stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
        guard result == Z_OK else {
            unsafe stream.deallocate()
            return nil
        }
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// The gzip stream of `bytes`; nil when zlib has no memory left.
    package static func gzip(_ bytes: [UInt8]) -> [UInt8]? {
        guard let stream = Deflate() else { return nil }
        return stream.compress(bytes, isLast: true)
    }

    /// What is to be written of the stream after these bytes, which may be nothing yet; nil when zlib fails. Nothing may
    /// follow the last bytes.
    package func compress(_ bytes: [UInt8], isLast: Bool) -> [UInt8]? {
        var output: [UInt8] = []
        var offset = 0
        while true {
            // At most 1 GiB at once, since zlib's counters are 32 bits wide.
            let available = min(bytes.count - offset, 1 << 30)
            let flush = isLast && offset + available == bytes.count ? Z_FINISH : Z_NO_FLUSH
            let (result, left, room) = unsafe bytes.withUnsafeBufferPointer { input in
                unsafe chunk.withUnsafeMutableBufferPointer { chunk in
                    unsafe stream.pointee.next_in = UnsafeMutablePointer(
                        mutating: input.baseAddress.map { unsafe $0 + offset })
                    unsafe stream.pointee.avail_in = UInt32(available)
                    unsafe stream.pointee.next_out = chunk.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(chunk.count)
                    let result = unsafe deflate(stream, flush)
                    return unsafe (result, Int(stream.pointee.avail_in), Int(stream.pointee.avail_out))
                }
            }
            offset += available - left
            output.append(contentsOf: chunk.prefix(chunk.count - room))
            if result == Z_STREAM_END { return output }
            guard result == Z_OK || result == Z_BUF_ERROR else { return nil }
            // With room left over, zlib has taken all that there was.
            if !isLast, offset == bytes.count, room > 0 { return output }
        }
    }
}
