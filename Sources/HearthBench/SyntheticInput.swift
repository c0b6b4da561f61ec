import Foundation
import HearthSyntheticService

/// Files of collapsed stacks for benches, written by a process of their own: what a program is started by counts as its memory
/// too, until it is on its own.
enum SyntheticInput {
    private static let variable = "HEARTH_SYNTHETIC_INPUT"

    /// Whether this process is the one that writes; then it has.
    static func isWriter() throws -> Bool {
        guard let job = ProcessInfo.processInfo.environment[variable] else { return false }
        let words = job.split(separator: "\n").map(String.init)
        guard words.count == 3, let count = Int(words[0]), let variant = Int(words[1]) else {
            throw BenchFailure(reason: "\(variable) is '\(job)'")
        }
        let stacks = SyntheticStacks(count: count)
        guard FileManager.default.createFile(atPath: words[2], contents: nil) else {
            throw BenchFailure(reason: "\(words[2]) cannot be written")
        }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: words[2]))
        var bytes = 0
        try stacks.forEachPiece(variant: variant) { piece in
            bytes += piece.count
            try file.write(contentsOf: Data(piece))
        }
        try file.close()
        let depth = String(format: "%.1f", stacks.meanDepth)
        print("# \(count) stacks, \(stacks.nodeCount) nodes, mean depth \(depth), \(bytes) bytes")
        return true
    }

    /// Writes a file, and says what is in it.
    ///
    /// - Returns: its size in bytes.
    static func write(_ count: Int, variant: Int = 0, bench: String, to path: String) throws -> Int {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        process.arguments = [bench]
        process.environment = ProcessInfo.processInfo.environment.merging([variable: "\(count)\n\(variant)\n\(path)"]) {
            $1
        }
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchFailure(reason: "\(path) could not be written") }
        return try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}
