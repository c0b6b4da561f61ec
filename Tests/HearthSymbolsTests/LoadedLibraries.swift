import Foundation

/// The object files that this process has mapped: real input that every machine with Swift has.
enum LoadedLibraries {
    /// The path of the one whose file name begins like this.
    static func path(_ prefix: String) -> String? {
        paths.first { ($0 as NSString).lastPathComponent.hasPrefix(prefix) }
    }

    static let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""

    static let paths = Set(mappings.map(\.path)).sorted()

    struct Mapping {
        var addresses: Range<UInt64>
        var path: String
    }

    static let mappings: [Mapping] = {
        // Not by String(contentsOfFile:): that takes what one read returns of a file without a size.
        let data = try? FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/maps")).readToEnd()
        return String(decoding: data ?? Data(), as: UTF8.self).split(separator: "\n").compactMap { line in
            let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard let path = line.firstIndex(of: "/"), ends.count == 2, ends[0] < ends[1] else { return nil }
            return Mapping(addresses: ends[0]..<ends[1], path: String(line[path...]))
        }
    }()
}
