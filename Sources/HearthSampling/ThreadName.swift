internal import Glibc

/// The name of a thread of this process, as the kernel keeps it (15 bytes at most).
enum ThreadName {
    /// Empty when the thread is gone.
    static func read(_ thread: UInt32) -> String {
        let descriptor = unsafe open("/proc/self/task/\(thread)/comm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        return String(decoding: buffer.prefix(max(count - 1, 0)), as: UTF8.self)
    }
}
