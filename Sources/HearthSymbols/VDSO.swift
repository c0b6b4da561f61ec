internal import HearthFiles

/// The library that the kernel maps into every process.
enum VDSO {
    /// Its bytes as in a file; nil when this process has none. It is read-only and stays for the life of the process.
    static func bytes() -> [UInt8]? {
        guard let start = unsafe address.flatMap({ unsafe UnsafeRawPointer(bitPattern: $0) }) else { return nil }
        // Of the header: where the section headers are, their size and number. They stand last.
        let offset = unsafe start.loadUnaligned(fromByteOffset: 40, as: UInt64.self)
        let size = unsafe start.loadUnaligned(fromByteOffset: 58, as: UInt16.self)
        let count = unsafe start.loadUnaligned(fromByteOffset: 60, as: UInt16.self)
        let end = Int(clamping: offset) &+ Int(size) * Int(count)
        guard 64..<(1 << 20) ~= end else { return nil }
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: end))
    }

    /// `AT_SYSINFO_EHDR` of the auxiliary vector, which Swift's module of libc does not offer by function.
    private static var address: UInt? {
        guard let vector = try? readFile("/proc/self/auxv", limit: 1 << 16) else { return nil }
        for entry in stride(from: 0, through: vector.count - 16, by: 16) {
            func word(_ offset: Int) -> UInt {
                vector[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt($1) }
            }
            if word(entry) == 33 { return word(entry + 8) }
        }
        return nil
    }
}
