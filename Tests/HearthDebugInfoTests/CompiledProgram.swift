import Foundation
import HearthProfile
import HearthTestRuns
import Testing

/// A small program with functions inlined in each other, built for a test.
struct CompiledProgram {
    /// How it is compiled: the compiler, its flags, the source.
    struct Form: CustomTestStringConvertible, Sendable {
        var compiler: String
        var flags: [String]
        var source = Source.c

        var testDescription: String { ([compiler] + flags).joined(separator: " ") + " \(source)" }
        var isPossible: Bool { Toolchain.path(compiler) != nil }
    }

    enum Source: String, Sendable { case c, cpp, swift }

    let folder: TemporaryFolder
    let path: String

    init(_ form: Form) throws {
        folder = try TemporaryFolder()
        path = folder.path("program")
        let source = folder.path("source.\(form.source.rawValue)")
        try Data(Self.text(form.source).utf8).write(to: URL(fileURLWithPath: source))
        try Toolchain.run(form.compiler, form.flags + ["-o", path, source])
    }

    var image: Image {
        get throws { Image(path: path, buildID: try Toolchain.buildID(path)) }
    }

    /// Every fourth address of the code: link-time addresses of `.text`.
    func addresses() throws -> [UInt64] {
        let line = try #require(
            Toolchain.run("readelf", ["-SW", path]).split(separator: "\n").first { $0.contains(" .text ") })
        let words = line[try #require(line.firstIndex(of: "]"))...].split(separator: " ")
        let start = try #require(UInt64(words[3], radix: 16))
        let size = try #require(UInt64(words[5], radix: 16))
        return Array(stride(from: start, to: start + size, by: 4))
    }

    private static func text(_ source: Source) -> String {
        switch source {
        case .c, .cpp:
            """
            \(source == .cpp ? "namespace outer { namespace { struct Shape { int side; inline int area() const { return side * side; } }; } }" : "")
            volatile int sink;
            static inline __attribute__((always_inline)) int innermost(int n) {
                int sum = 0;
                for (int i = 0; i < n; i++) sum += sink * i;
                return sum;
            }
            static inline __attribute__((always_inline)) int middle(int n) {
                sink = n;
                return innermost(n + 1) + innermost(n + 2);
            }
            __attribute__((noinline)) int outermost(int n) {
                int first = middle(n);
                sink = first;
                if (n > 3) { int second = middle(n * 2); return first + second; }
                return first;
            }
            int main(int count, char **arguments) {
                \(source == .cpp ? "outer::Shape shape{count}; sink = shape.area();" : "(void)arguments;")
                return outermost(count) == 17;
            }

            """
        case .swift:
            """
            struct Shape {
                var side: Int
                @inline(__always) func area(scaled scale: Int) -> Int { (0..<side).reduce(0) { $0 &+ $1 &* scale } }
            }
            @inline(never) func total(_ shapes: [Shape]) -> Int {
                var sum = 0
                for shape in shapes { sum &+= shape.area(scaled: sum) }
                return sum
            }
            @inline(never) func fetch(_ index: Int) async -> Int {
                await Task.yield()
                return total((0..<index).map { Shape(side: $0) })
            }
            @inline(never) func kept(_ shapes: [Shape]) -> (Int) -> Int {
                { index in
                    let shape = shapes[index]
                    return shape.area(scaled: index) &+ shapes.count
                }
            }
            print(await fetch(CommandLine.arguments.count), kept([Shape(side: 3)])(0))

            """
        }
    }
}

/// Programs of the machine.
enum Toolchain {
    struct Failure: Error {
        var command: String
        var output: String
    }

    /// Beside the Swift compiler first, for a distribution's may be older; then on the PATH.
    static func path(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let swift = folders.map { "\($0)/swift" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        let beside = swift.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().deletingLastPathComponent().path }
        return ([beside].compactMap { $0 } + folders).map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    @discardableResult
    static func run(_ name: String, _ arguments: [String], input: String? = nil) throws -> String {
        var command = Command(try #require(path(name)))
        command.arguments = arguments
        if let input { command.input = try FileHandle(forReadingFrom: URL(fileURLWithPath: input)) }
        let outcome = try command.run()
        guard outcome.status == 0 else {
            throw Failure(command: "\(name) \(arguments.joined(separator: " "))", output: outcome.errors)
        }
        return outcome.output
    }

    static func buildID(_ path: String) throws -> String {
        let notes = try run("readelf", ["-n", path])
        guard let line = notes.split(separator: "\n").first(where: { $0.contains("Build ID:") }) else { return "" }
        return String(line.split(separator: " ").last ?? "")
    }
}
