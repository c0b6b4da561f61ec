package import Foundation

/// A program run to its end, or started and stopped later, with what it printed.
package struct Command {
    package var program: String
    package var arguments: [String]
    package var environment: [String: String] = [:]
    package var folder: URL?
    /// What it reads; nothing unless said.
    package var input: FileHandle?
    /// Where its output goes instead of the outcome.
    package var outputPath: String?

    package struct Outcome {
        package var status: Int32
        package var output: String
        package var errors: String
    }

    package init(_ program: String, _ arguments: String..., environment: [String: String] = [:], in folder: URL? = nil) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
    }

    /// Output goes to files: a pipe that nobody empties would stop the program.
    package func run() throws -> Outcome {
        let running = try start()
        return running.wait()
    }

    package func start() throws -> Running {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program.hasPrefix("/") ? program : "/usr/bin/env")
        process.arguments = program.hasPrefix("/") ? arguments : [program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = folder
        let files = try TemporaryFolder()
        process.standardOutput =
            try outputPath.map { try FileHandle(forWritingTo: URL(fileURLWithPath: $0)) } ?? files.create("output")
        process.standardError = try files.create("errors")
        process.standardInput = input ?? FileHandle.nullDevice
        try process.run()
        return Running(process: process, files: files)
    }

    package struct Running {
        package let process: Process
        package let files: TemporaryFolder

        package var outputSoFar: String { files.text("output") }

        package func signal(_ number: Int32) { kill(process.processIdentifier, number) }

        package func wait() -> Outcome {
            process.waitUntilExit()
            return Outcome(
                status: process.terminationReason == .exit
                    ? process.terminationStatus : 128 + process.terminationStatus,
                output: files.text("output"), errors: files.text("errors"))
        }
    }
}

/// A folder that is gone when the value is.
package final class TemporaryFolder: Sendable {
    package let url = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-test-\(UUID().uuidString)")

    package init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }

    package func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    package func text(_ name: String) -> String { (try? String(contentsOfFile: path(name), encoding: .utf8)) ?? "" }

    package func create(_ name: String) throws -> FileHandle {
        try Data().write(to: URL(fileURLWithPath: path(name)))
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path(name)))
    }
}

/// Where things are.
package enum Checkout {
    package static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The folder of the products that were built with these tests.
    package static let products: URL = {
        // The test program lies beside them: …/debug/hearthPackageTests.xctest.
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        if program.pathExtension == "xctest" { return program.deletingLastPathComponent() }
        return root.appendingPathComponent(".build/debug").resolvingSymlinksInPath()
    }()

    package static func product(_ name: String) -> String { products.appendingPathComponent(name).path }

    package static let sample = root.appendingPathComponent("Tests/HearthIngestionTests/Fixtures/corpus-1000.jsonl").path
}
