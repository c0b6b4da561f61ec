internal import HearthFiles

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The lock of a part of a spool. It goes with its process, however that ends.
final class SpoolLock: Sendable {
    private let path: String
    private let descriptor: Int32

    /// - Returns: nil when another process holds it.
    static func take(_ path: String) throws(FileError) -> SpoolLock? {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileError(.create, path: path, code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            if code == EWOULDBLOCK { return nil }
            throw FileError(.open, path: path, code: code)
        }
        return SpoolLock(path: path, descriptor: descriptor)
    }

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    /// The error of a folder that has no place for another process.
    static let tooMany = EAGAIN

    // Without giving it back: this may be a forked child's copy, and the lock is its parent's.
    deinit { close(descriptor) }

    /// Whether the file at the path is still the one that is locked: somebody may have removed the folder.
    var isInPlace: Bool {
        var mine = stat()
        var there = stat()
        guard unsafe fstat(descriptor, &mine) == 0, unsafe lstat(path, &there) == 0 else { return false }
        return mine.st_ino == there.st_ino && mine.st_dev == there.st_dev
    }
}

/// Gives a file another name in the same file system; false where that fails.
func renameFile(_ old: String, to new: String) -> Bool { unsafe rename(old, new) == 0 }
