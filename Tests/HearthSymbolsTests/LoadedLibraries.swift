import Foundation

/// The object files that this process has mapped: real input that every machine with Swift has.
enum LoadedLibraries {
    /// The path of the one whose file name begins like this.
    static func path(_ prefix: String) -> String? {
        paths.first { ($0 as NSString).lastPathComponent.hasPrefix(prefix) }
    }

    static let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""

    static let paths: [String] = {
        // Not by String(contentsOfFile:): that takes what one read returns of a file without a size.
        let data = try? FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/maps")).readToEnd()
        let names = String(decoding: data ?? Data(), as: UTF8.self).split(separator: "\n").compactMap {
            line -> String? in
            guard let start = line.firstIndex(of: "/") else { return nil }
            return String(line[start...])
        }
        return Set(names).sorted()
    }()
}
