#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Memory straight from the system, zeroed; given back when the object goes.
@safe final class Pages: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
    let byteCount: Int

    /// - Parameter byteCount: above 0; made up to whole pages.
    init(byteCount wanted: Int) {
        byteCount = (wanted + Self.size - 1) & ~(Self.size - 1)
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let mapped = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0)
        guard let start = unsafe mapped, unsafe start != MAP_FAILED else {
            fatalError("no memory for \(byteCount) bytes")
        }
        unsafe self.start = start
    }

    deinit { unsafe munmap(start, byteCount) }

    private static let size = 4096
}
