import Foundation

/// The object files that this process has mapped: real input that every machine with Swift has.
enum LoadedLibraries {
    /// The path of the one whose file name begins like this.
    static func path(_ prefix: String) -> String? {
        paths.first { ($0 as NSString).lastPathComponent.hasPrefix(prefix) }
    }

    static let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""

    static let paths: [String] = {
        let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
        let names = maps.split(separator: "\n").compactMap { line -> String? in
            guard let start = line.firstIndex(of: "/") else { return nil }
            return String(line[start...])
        }
        return Set(names).sorted()
    }()
}
