internal import CZlib

/// Gzip unpacked piece by piece: one member or several in a row, with zeros behind them (as tapes have) or without. For one task
/// at a time.
@safe final class GzipStream {
    static let magic: [UInt8] = [0x1F, 0x8B]

    private let path: String
    private var stream = unsafe z_stream()
    private var packed: [UInt8]
    /// What of it is filled and not yet unpacked.
    private var unread: Range<Int>
    /// Bytes of the input before those in `packed`.
    private var position = 0
    /// Whether a member has begun and not ended.
    private var isInside = true
    /// Whether the last piece filled all the room that it had: more may lie ready inside.
    private var hasMore = false

    /// - Parameters:
    ///   - path: for errors.
    ///   - start: room for packed bytes, with those that have been read already.
    ///   - filled: how many these are.
    init(path: String, start: [UInt8], filled: Int) throws(InputError) {
        self.path = path
        packed = start
        unread = 0..<filled
        // 15 bits of window, +16: gzip's header and check sum.
        let result = unsafe inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(unsafe MemoryLayout<z_stream>.size))
        guard result == Z_OK else { throw .corruptGzip(path: path, byte: 0) }
    }

    deinit { unsafe inflateEnd(&stream) }

    var needsInput: Bool { unread.isEmpty && !hasMore }

    /// Asks for the next packed bytes. False at their end, nil when interrupted.
    func refill(_ read: (inout [UInt8]) throws -> Int?) throws -> Bool? {
        position += unread.upperBound
        unread = 0..<0
        guard let count = try read(&packed) else { return nil }
        unread = 0..<count
        return count > 0
    }

    /// To be called at the end of the input.
    func finish() throws(InputError) {
        if isInside { throw .cutGzip(path: path, byte: position) }
    }

    /// Unpacks as much as there is and has room; 0 where more input is needed first.
    func unpack(into buffer: inout [UInt8], at place: Int) throws(InputError) -> Int {
        if !isInside {
            guard let next = packed[unread].firstIndex(where: { $0 != 0 }) else {
                unread = unread.upperBound..<unread.upperBound
                return 0
            }
            unread = next..<unread.upperBound
            guard unsafe inflateReset(&stream) == Z_OK else { throw corrupt }
            isInside = true
        }
        let step = inflateSome(into: &buffer, at: place)
        unread = unread.lowerBound + step.consumed..<unread.upperBound
        hasMore = place + step.produced == buffer.count
        switch step.result {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END:
            isInside = false
            hasMore = false
        default: throw corrupt
        }
        return step.produced
    }

    private var corrupt: InputError { .corruptGzip(path: path, byte: position + unread.lowerBound) }

    private struct Step {
        var result: Int32
        var consumed: Int
        var produced: Int
    }

    private func inflateSome(into buffer: inout [UInt8], at place: Int) -> Step {
        let unread = unread
        return unsafe packed.withUnsafeMutableBufferPointer { input in
            unsafe buffer.withUnsafeMutableBufferPointer { output in
                let room = min(output.count - place, 1 << 30)
                unsafe stream.next_in = input.baseAddress.map { unsafe $0 + unread.lowerBound }
                unsafe stream.avail_in = UInt32(unread.count)
                unsafe stream.next_out = output.baseAddress.map { unsafe $0 + place }
                unsafe stream.avail_out = UInt32(room)
                let result = unsafe inflate(&stream, Z_NO_FLUSH)
                return unsafe Step(
                    result: result, consumed: unread.count - Int(stream.avail_in),
                    produced: room - Int(stream.avail_out))
            }
        }
    }
}
