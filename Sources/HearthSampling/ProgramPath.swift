internal import Glibc

/// The file that this process runs, as the kernel knows it.
enum ProgramPath {
    static let current: String = {
        guard let resolved = unsafe realpath("/proc/self/exe", nil) else { return "/proc/self/exe" }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }()
}
