internal import Foundation
internal import HearthFiles

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// `apt-cache dumpavail` as a child process, read piece by piece.
final class PackageLists {
    private let process = Process()
    private let output = Pipe()
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)

    init() throws(CorpusError) {
        guard let tool = Self.find("apt-cache") else { throw .noTool }
        process.executableURL = tool
        process.arguments = ["dumpavail"]
        process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        // Its warnings would stand in the middle of the progress bar; its status says enough.
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { throw .noTool }
    }

    /// The next piece; nil at the end and when interrupted.
    func read(_ interruption: ReadInterruption) throws(FileError) -> ArraySlice<UInt8>? {
        let descriptor = output.fileHandleForReading.fileDescriptor
        let count = try interruption.read(descriptor, path: "apt-cache dumpavail", into: &buffer, at: 0)
        return count.flatMap { $0 > 0 ? buffer[..<$0] : nil }
    }

    /// Waits for the end of the process.
    func finish() throws(CorpusError) {
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw .toolFailed(status: process.terminationStatus)
        }
    }

    /// Ends the process where it is still running.
    func stop() {
        guard process.isRunning else { return }
        // Children of a pool thread inherit its mask, in which SIGTERM is blocked.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private static func find(_ name: String) -> URL? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").lazy
            .map { URL(fileURLWithPath: String($0)).appendingPathComponent(name) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }
}
