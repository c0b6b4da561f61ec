import Foundation

/// A program of the machine, found by PATH, that tests compare with or build fixtures by.
struct Tool {
    let path: String

    init?(_ name: String) {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        let found = folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let found else { return nil }
        path = found
    }

    static func isInstalled(_ name: String) -> Bool { Tool(name) != nil }

    struct Failure: Error {
        var command: String
        var status: Int32
        var output: String
    }

    /// Standard output of a run that must end with one of these codes.
    @discardableResult
    func run(_ arguments: [String], allowing codes: Set<Int32> = [0]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        // Through a file: the output is larger than a pipe holds.
        let folder = try TemporaryFolder()
        let output = folder.path("output")
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        process.standardOutput = handle
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try handle.close()
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: output)), as: UTF8.self)
        guard codes.contains(process.terminationStatus) else {
            throw Failure(
                command: "\(path) \(arguments.joined(separator: " "))", status: process.terminationStatus, output: text)
        }
        return text
    }
}

/// A folder of its own for a test, taken away with the object.
final class TemporaryFolder {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-symbols-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
