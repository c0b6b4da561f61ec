internal import Glibc
internal import HearthFiles
internal import HearthObjectFiles

/// The file that this process runs, as the kernel knows it.
enum ProgramPath {
    static let current: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(OwnMappings.program, &buffer, buffer.count)
        guard count > 0 else { return OwnMappings.program }
        // A deploy can have deleted it under a service that runs.
        return OwnMappings.withoutDeletionMark(
            String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }()

    /// Whether its full symbol table was taken out. Reads its headers, once.
    static let isStripped: Bool = {
        // The path may lead to a newer file by now; this one leads to what runs.
        guard let file = MappedFile(path: OwnMappings.program) else { return false }
        return file.withBytes { bytes in (try? ELFFile(bytes))?.section(named: ".symtab") == nil }
    }()
}
