#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A file mapped read-only until the object goes.
@safe public final class MappedFile {
    /// What tells a file from another that took its path.
    public struct Identity: Hashable, Sendable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var modifiedSeconds: Int
        var modifiedNanoseconds: Int
    }

    public let identity: Identity
    private let memory: UnsafeRawBufferPointer

    /// Nil when there is no such regular file, or it cannot be read or is empty: symbols are then looked for elsewhere.
    ///
    /// - Parameter isWritable: whether the bytes may be changed in memory; the file is never changed.
    public init?(path: String, isWritable: Bool = false) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
            return nil
        }
        let size = Int(status.st_size)
        guard let start = unsafe mmap(nil, size, PROT_READ | (isWritable ? PROT_WRITE : 0), MAP_PRIVATE, descriptor, 0),
            unsafe start != MAP_FAILED
        else {
            return nil
        }
        unsafe memory = UnsafeRawBufferPointer(start: start, count: size)
        identity = Identity(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
            modifiedSeconds: status.st_mtim.tv_sec, modifiedNanoseconds: status.st_mtim.tv_nsec)
    }

    deinit { unsafe munmap(UnsafeMutableRawPointer(mutating: memory.baseAddress!), memory.count) }

    /// The bytes are valid inside `body` only.
    public func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(unsafe memory.bytes)
    }

    /// The same, for a library that writes into what it reads. Only for a file that was opened as writable.
    @unsafe public func withUnsafeMutableBytes<Result>(_ body: (UnsafeMutableRawBufferPointer) throws -> Result)
        rethrows -> Result
    {
        try unsafe body(UnsafeMutableRawBufferPointer(mutating: memory))
    }
}
