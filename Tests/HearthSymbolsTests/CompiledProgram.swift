import Foundation
import HearthObjectFiles
import HearthProfile
import Testing

/// A small program or library, compiled for a test, with the addresses that `nm` lists of it.
struct CompiledProgram {
    let folder: TemporaryFolder
    let path: String
    private var addresses: [String: UInt64] = [:]

    static var compiler: Tool? { Tool("clang") ?? Tool("cc") }
    static var canBuild: Bool { compiler != nil && Tool.isInstalled("nm") && Tool.isInstalled("strip") }

    /// A static function between two exported ones, and `main`.
    static let source = """
        int exported_first(int n) { return n * 3; }
        __attribute__((noinline)) static int inner_work(int n) {
            volatile int sum = 0;
            for (int i = 0; i < n; i++) sum += i * n;
            return sum;
        }
        int exported_work(int n) { return inner_work(n) + inner_work(n + 1); }
        int main(int count, char **arguments) { return exported_work(count) == 17; }
        """

    /// - Parameter language: the extension of the source: `c`, or `s` for assembly.
    init(_ flags: [String], source: String = source, language: String = "c") throws {
        folder = try TemporaryFolder()
        path = folder.path("program")
        let file = folder.path("program.\(language)")
        try Data(source.utf8).write(to: URL(fileURLWithPath: file))
        try #require(Self.compiler).run(["-O1", "-o", path, file] + flags)
        for line in try #require(Tool("nm")).run([path]).split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 3, let address = UInt64(words[0], radix: 16) { addresses[String(words[2])] = address }
        }
    }

    var image: Image { Image(path: path) }

    func address(of function: String) throws -> UInt64 { try #require(addresses[function], "\(function)") }

    func buildID() throws -> String { try #require(try ObjectBytes(contentsOf: path).buildID()) }

    func strip() throws { try #require(Tool("strip")).run([path]) }

    func keepDebug(at target: String) throws {
        try #require(Tool("objcopy")).run(["--only-keep-debug", path, target])
    }

    /// As a separate debug file under a root of such.
    func keepDebug(under root: TemporaryFolder) throws {
        let buildID = try buildID()
        let folder = root.path(".build-id/\(buildID.prefix(2))")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try keepDebug(at: "\(folder)/\(buildID.dropFirst(2)).debug")
    }
}
