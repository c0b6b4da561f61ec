#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The file of a Unix socket that is listened on: made private before anybody can see it, removed when it is still the same.
///
/// It is bound in a new folder that only this user may enter, gets mode 0600 there, and is moved to its place. So there is no
/// moment at which others may connect, and no change of the process's umask.
struct UnixSocketFile: Sendable {
    private let path: String
    private let folder: String
    private var identity: (device: UInt64, inode: UInt64)?

    /// Where to bind.
    var bindingPath: String { "\(folder)/s" }

    /// Makes the folders that are not there, with mode 0700, and the one to bind in.
    ///
    /// A socket file at the path that nobody listens on is no hindrance; one that is listened on, or what is no socket, is.
    init(path: String) throws(HTTPServerError) {
        self.path = path
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        folder = "\(parent)/.\(String(UInt32.random(in: 0 ... .max), radix: 36))"
        guard max(path.utf8.count, folder.utf8.count + 2) <= HTTPAddress.longestPath else {
            throw HTTPServerError(.pathTooLong, .unix(path: path))
        }
        Self.makeFolders(parent)
        guard unsafe mkdir(folder, 0o700) == 0 else { throw HTTPServerError(code: errno, .unix(path: path)) }
        do {
            try checkPlace()
        } catch {
            removeFolder()
            throw error
        }
    }

    /// Gives the bound socket its mode and its place.
    mutating func publish() throws(HTTPServerError) {
        defer { removeFolder() }
        try checkPlace()
        var status = stat()
        guard unsafe chmod(bindingPath, 0o600) == 0, unsafe lstat(bindingPath, &status) == 0,
            unsafe rename(bindingPath, path) == 0
        else {
            let code = errno
            unsafe unlink(bindingPath)
            throw HTTPServerError(code: code, .unix(path: path))
        }
        identity = (UInt64(status.st_dev), UInt64(status.st_ino))
    }

    /// Removes what was made and is not published.
    func abandon() {
        unsafe unlink(bindingPath)
        removeFolder()
    }

    /// Removes the socket file, unless another server has put its own there.
    func remove() {
        var status = stat()
        guard let identity, unsafe lstat(path, &status) == 0, identity == (UInt64(status.st_dev), UInt64(status.st_ino))
        else { return }
        unsafe unlink(path)
    }

    private func removeFolder() { unsafe rmdir(folder) }

    private func checkPlace() throws(HTTPServerError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw HTTPServerError(.noSocket, .unix(path: path)) }
        if Self.isListenedOn(path) { throw HTTPServerError(.addressInUse, .unix(path: path)) }
    }

    /// Whether a connection is refused is what tells a socket file that was left behind.
    private static func isListenedOn(_ path: String) -> Bool {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let result = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return result == 0 || errno != ECONNREFUSED
    }

    private static func makeFolders(_ path: String) {
        var folder = ""
        for part in path.split(separator: "/") {
            folder += "/\(part)"
            unsafe mkdir(folder, 0o700)
        }
    }
}
