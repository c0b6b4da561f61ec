internal import HearthFiles

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// An open segment: reads and writes at offsets, the lock that says that its writer lives. Not thread-safe.
///
/// Nothing is mapped: a reader in a service must not die of SIGBUS when another process cuts a file.
final class SegmentFile {
    struct Status {
        var device: UInt64
        var inode: UInt64
        var size: Int
        /// Nanoseconds since 1970 of the last write.
        var modified: Int64
    }

    let path: String
    private var descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    // Without giving the lock back: this may be a forked child's copy, and the lock is its parent's.
    deinit {
        if descriptor >= 0 { closeDescriptor(descriptor) }
    }

    /// For reading; a writer goes on meanwhile.
    static func open(_ path: String) throws(FileError) -> SegmentFile { try open(path, O_RDONLY, .open) }

    /// For cutting, closing or removing what somebody else wrote.
    static func openForWriting(_ path: String) throws(FileError) -> SegmentFile { try open(path, O_RDWR, .open) }

    /// A new file that only its owner reads.
    static func create(_ path: String) throws(FileError) -> SegmentFile {
        try open(path, O_RDWR | O_CREAT | O_EXCL, .create)
    }

    private static func open(
        _ path: String, _ flags: Int32, _ operation: FileError.Operation
    ) throws(FileError) -> SegmentFile {
        // O_NONBLOCK: what somebody put there may be a pipe.
        let descriptor = openDescriptor(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else { throw FileError(operation, path: path, code: errno) }
        return SegmentFile(path: path, descriptor: descriptor)
    }

    func status() throws(FileError) -> Status {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(.read, path: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(.read, path: path, code: EINVAL) }
        return Status(status)
    }

    /// Takes the lock if nobody has it. It goes with the process, however that ends.
    func tryLock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

    /// Up to `count` bytes from `offset` on; fewer where the file ends. O(count).
    func read(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
        var code: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = 0
            while filled < count {
                let got = unsafe pread(
                    descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
                if got < 0, errno == EINTR { continue }
                if got < 0 { code = errno }
                if got <= 0 { break }
                filled += got
            }
        }
        guard code == 0 else { throw FileError(.read, path: path, code: code) }
        return bytes
    }

    /// All of `bytes` at `offset`, or an error after which some of them may stand there.
    func write(_ bytes: [UInt8], at offset: Int) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                unsafe pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileError(.write, path: path, code: count == 0 ? EIO : errno) }
            done += count
        }
    }

    func truncate(to size: Int) throws(FileError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw FileError(.write, path: path, code: errno) }
    }

    /// Waits until what was written is on the disk, and the size with it.
    func synchronize() throws(FileError) {
        guard fdatasync(descriptor) == 0 else { throw FileError(.sync, path: path, code: errno) }
    }

    /// Sets the time of the last write back to what it was: closing a dead writer's segment does not make it younger.
    func setModified(_ nanoseconds: Int64) {
        let seconds = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let time = timespec(tv_sec: Int(seconds.quotient), tv_nsec: Int(seconds.remainder))
        _ = unsafe futimens(descriptor, [time, time])
    }

    /// Gives the lock back, also where a forked child holds a copy of the descriptor.
    func close() {
        guard descriptor >= 0 else { return }
        flock(descriptor, LOCK_UN)
        closeDescriptor(descriptor)
        descriptor = -1
    }
}

// Outside of the class, whose own functions have the system's names.

private func openDescriptor(_ path: String, _ flags: Int32) -> Int32 { unsafe open(path, flags, 0o600) }

private func closeDescriptor(_ descriptor: Int32) { close(descriptor) }

extension SegmentFile.Status {
    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    }
}
