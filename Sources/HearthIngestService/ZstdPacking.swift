internal import CZstd

/// A body as one frame of zstd.
enum ZstdPacking {
    /// The library's own default.
    private static let level: Int32 = 3

    /// Nil without memory.
    static func packed(_ bytes: [UInt8]) -> [UInt8]? {
        var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
        let count = unsafe bytes.withUnsafeBytes { input in
            unsafe output.withUnsafeMutableBytes { output in
                unsafe ZSTD_compress(output.baseAddress, output.count, input.baseAddress, input.count, level)
            }
        }
        return ZSTD_isError(count) == 0 ? Array(output[..<count]) : nil
    }
}

/// Frames of zstd one after the other. For one task at a time.
@safe final class ZstdUnpacking: UnpackingStream {
    /// Of the window that a frame asks for: 8 MiB is what the format's description wants every decoder to allow.
    private static let largestWindow: Int32 = 23

    private let stream: OpaquePointer
    private var isAtEnd = false

    init() throws(PackedBodyError) {
        guard let stream = unsafe ZSTD_createDCtx() else { throw .noMemory }
        unsafe self.stream = unsafe stream
        _ = unsafe ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Self.largestWindow)
    }

    deinit { unsafe ZSTD_freeDCtx(stream) }

    func step(_ bytes: [UInt8], _ place: Int, into piece: inout [UInt8]) throws(PackedBodyError) -> UnpackingStep {
        // The next frame begins by itself, and the library would say of nothing at all that it waits for one.
        if isAtEnd && place == bytes.count { return UnpackingStep(consumed: 0, produced: 0, isAtEnd: true) }
        let step: (result: Int, consumed: Int, produced: Int) = unsafe bytes.withUnsafeBytes { source in
            unsafe piece.withUnsafeMutableBytes { room in
                var input = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: place)
                var output = unsafe ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
                let result = unsafe ZSTD_decompressStream(stream, &output, &input)
                return unsafe (result, input.pos - place, output.pos)
            }
        }
        guard ZSTD_isError(step.result) == 0 else { throw .damaged(.zstd, byte: place + step.consumed) }
        isAtEnd = step.result == 0
        return UnpackingStep(consumed: step.consumed, produced: step.produced, isAtEnd: isAtEnd)
    }
}
