#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Pages of two megabytes for tables that are read here and there: with small ones, finding out where a page lies costs as much
/// as reading from it.
enum HugePages {
    private static let size = 2 << 20
    private static let smallSize = 4096

    /// Asks for them, before the memory is written to for the first time; nothing happens where there are none.
    @unsafe static func advise(_ buffer: UnsafeMutableRawBufferPointer) {
        guard buffer.count >= 2 * size, let base = buffer.baseAddress else { return }
        let start = unsafe base.alignedUp(toMultipleOf: smallSize)
        unsafe madvise(start, buffer.count - (start - base), Int32(MADV_HUGEPAGE))
    }
}
