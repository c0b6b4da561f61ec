internal import Glibc
internal import HearthFiles
internal import HearthObjectFiles

/// The file that this process runs, as the kernel knows it.
enum ProgramPath {
    static let current: String = {
        guard let resolved = unsafe realpath("/proc/self/exe", nil) else { return "/proc/self/exe" }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }()

    /// Whether its full symbol table was taken out. Reads its headers, once.
    static let isStripped: Bool = {
        // The path may lead to a newer file by now; this one leads to what runs.
        guard let file = MappedFile(path: "/proc/self/exe") else { return false }
        return file.withBytes { bytes in (try? ELFFile(bytes))?.section(named: ".symtab") == nil }
    }()
}
