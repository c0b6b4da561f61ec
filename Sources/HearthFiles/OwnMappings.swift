/// Ways to the files that this process runs which hold when their paths lead elsewhere: a deploy replaces or deletes files
/// under services that go on running.
public enum OwnMappings {
    /// The program's own file, whatever became of its path.
    public static let program = "/proc/self/exe"

    /// Paths under which the kernel may give the file that is mapped at an address. Without privileges it gives the
    /// program's only; and where nothing is mapped there, the file is another's: whoever opens one checks what it is.
    /// O(mappings).
    public static func paths(at address: UInt64) -> [String] {
        guard address > 0, let maps = try? readFile("/proc/self/maps", limit: 1 << 26) else { return [program] }
        // `7f12a4000000-7f12a4021000 r-xp …`
        for line in maps.split(separator: UInt8(ascii: "\n")) {
            let range = String(decoding: line.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
            let ends = range.split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard ends.count == 2, ends[0] <= address, address < ends[1] else { continue }
            return [program, "/proc/self/map_files/\(range)"]
        }
        return [program]
    }
}
