import Foundation
import Testing

/// The built `hearth`, run as a user runs it, in a folder of its own.
struct Program {
    struct Outcome {
        var code: Int32
        var output: String
        var errors: String
    }

    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-cli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Executables stand beside the test bundle.
    private static var executable: URL {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("hearth")
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }

    func read(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    /// Files in the folder, but for those that running the program makes.
    var files: [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return all.filter { !$0.hasPrefix(".") }.sorted()
    }

    func run(_ arguments: String..., input: String = "") throws -> Outcome { try run(arguments, input: input) }

    func run(_ arguments: [String], input: String = "") throws -> Outcome {
        // Files and no pipes: a program that writes much to one and waits on the other would hang the test.
        let names = [".input", ".output", ".errors"]
        for name in names { try write(name == ".input" ? input : "", to: name) }
        let process = Process()
        process.executableURL = Self.executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardInput = try FileHandle(forReadingFrom: folder.appendingPathComponent(names[0]))
        process.standardOutput = try FileHandle(forWritingTo: folder.appendingPathComponent(names[1]))
        process.standardError = try FileHandle(forWritingTo: folder.appendingPathComponent(names[2]))
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit, "hearth \(arguments) crashed")
        return Outcome(code: process.terminationStatus, output: try read(names[1]), errors: try read(names[2]))
    }
}
