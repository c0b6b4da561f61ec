/// Ways to the files that this process runs which hold when their paths lead elsewhere: a deploy replaces or deletes files
/// under services that go on running, and those change their working directory.
public enum OwnMappings {
    /// The program's own file, whatever became of its path.
    public static let program = "/proc/self/exe"

    /// Paths under which the kernel may give the file that is mapped at an address. Without privileges it gives the
    /// program's only; and where nothing is mapped there, the file is another's: whoever opens one checks what it is.
    /// O(mappings).
    public static func paths(at address: UInt64) -> [String] {
        [program] + (mapping(at: address).map { ["/proc/self/map_files/\($0.range)"] } ?? [])
    }

    /// The absolute path that the file mapped at an address has, or had before it was deleted. O(mappings).
    public static func path(at address: UInt64) -> String? {
        guard let path = mapping(at: address)?.path, path.hasPrefix("/") else { return nil }
        return withoutDeletionMark(path)
    }

    /// A path without what the kernel adds to that of a file which is gone.
    public static func withoutDeletionMark(_ path: String) -> String {
        let mark = " (deleted)"
        return path.hasSuffix(mark) ? String(path.dropLast(mark.count)) : path
    }

    /// From `7f12a4000000-7f12a4021000 r-xp 00001000 fe:00 1234    /usr/lib/libz.so.1`.
    private static func mapping(at address: UInt64) -> (range: String, path: String)? {
        guard address > 0, let maps = try? readFile("/proc/self/maps", limit: 1 << 26) else { return nil }
        for line in maps.split(separator: UInt8(ascii: "\n")) {
            let range = String(decoding: line.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
            let ends = range.split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard ends.count == 2, ends[0] <= address, address < ends[1] else { continue }
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            // Spaces line the paths up; a path may have some of its own.
            let path = words.count == 6 ? words[5].drop { $0 == UInt8(ascii: " ") } : []
            return (range, String(decoding: path, as: UTF8.self))
        }
        return nil
    }
}
