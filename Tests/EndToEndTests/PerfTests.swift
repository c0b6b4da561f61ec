import Foundation
import HearthTestRuns
import Testing

enum Perf {
    static let isPermitted: Bool = {
        guard let folder = try? TemporaryFolder() else { return false }
        let probe = Command("perf", "record", "-q", "-g", "-o", folder.path("perf.data"), "true")
        return (try? probe.run().status) == 0
    }()
}

/// The pipeline recorded by perf, which this project did not write: what Hearth reads of `perf script` against what perf itself
/// says of the same recording.
@Suite(.serialized, .enabled(if: Perf.isPermitted, "perf is missing, or the kernel does not let it record here"))
struct PerfTests {
    private let folder: TemporaryFolder
    private let hearth = Checkout.product("hearth")

    init() throws { folder = try TemporaryFolder() }

    private func perf(_ arguments: String...) throws -> String {
        var command = Command("perf")
        command.arguments = arguments + ["-i", folder.path("perf.data")]
        let outcome = try command.run()
        try #require(outcome.status == 0, "perf \(arguments): \(outcome.errors)")
        return outcome.output
    }

    /// Records an ingestion of the sample corpus and gives the text of `perf script`.
    private func recorded() throws -> String {
        let record = try Command(
            "perf", "record", "-q", "-e", "cpu-clock", "-F", "499", "-g", "-o", folder.path("perf.data"), "--",
            Checkout.product("hearth-ingest"), "run", "--input", Checkout.sample, "--store", folder.path("store.db")
        ).run()
        try #require(record.status == 0, "\(record.errors)")
        let text = try perf("script")
        try text.write(toFile: folder.path("script.txt"), atomically: true, encoding: .utf8)
        return text
    }

    private func convert(_ input: String, _ arguments: String...) throws -> String {
        var command = Command(hearth)
        command.arguments = ["convert", "-", "--format", "collapsed"] + arguments
        command.input = FileHandle(forReadingAtPath: folder.path(input))
        let outcome = try command.run()
        #expect(outcome.status == 0 && !outcome.errors.contains("malformed"), "\(outcome.errors)")
        return outcome.output
    }

    @Test func stacksAndValuesAreThoseOfPerf() throws {
        _ = try recorded()
        let ours = try counts(convert("script.txt", "--sample-type", "samples", "--group-by", "thread"))
        // perf's own collapsing of the same recording; through `convert` as well, which shortens Swift's names. What has no
        // symbol is `[unknown]` there, and the object it lies in here.
        try perf("script", "report", "stackcollapse").write(
            toFile: folder.path("perf.folded"), atomically: true, encoding: .utf8)
        let theirs = try counts(convert("perf.folded"))
        #expect(ours.values.reduce(0, +) > 100, "a second of work and more")
        #expect(ours == theirs)

        // Totals: the samples and the events counted, as `perf report` heads its table.
        let report = try perf("report", "--stdio", "--no-children", "-g", "none", "-F", "sample,sym")
        let rows = report.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
            line.split(separator: " ").first.flatMap { Int64($0) }
        }
        #expect(rows.reduce(0, +) == ours.values.reduce(0, +))
        let events = try #require(report.split(separator: "\n").first { $0.contains("Event count (approx.)") })
        let nanoseconds = try counts(convert("script.txt", "--sample-type", "cpu"))
        #expect(nanoseconds.values.reduce(0, +) == events.split(separator: " ").last.flatMap { Int64($0) })
    }

    /// Samples come into blocks of a second, by the times that perf prints.
    @Test func samplesHaveTimeBlocks() throws {
        let text = try recorded()
        let times = text.split(separator: "\n").compactMap { line -> Double? in
            guard let first = line.first, first != "\t", first != " " else { return nil }
            return line.split(separator: " ").first { $0.hasSuffix(":") && $0.contains(".") }
                .flatMap { Double($0.dropLast()) }
        }
        let start = try #require(times.min())
        var expected: [Int: Int] = [:]
        for time in times { expected[Int(time - start), default: 0] += 1 }
        let outcome = try Command(hearth, "convert", folder.path("script.txt"), "-o", folder.path("x.pb.gz")).run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        // Go counts the labels.
        let tags = try Command(
            "go", "tool", "pprof", "-tags", "-sample_index=samples", folder.path("x.pb.gz"),
            environment: ["HOME": folder.url.path, "PPROF_TMPDIR": folder.url.path]
        ).run().output
        let blocks = tags.split(separator: "\n").drop { !$0.contains("hearth_block: Total") }.dropFirst().prefix {
            !$0.contains(": Total")
        }
        // `  190.0 (23.2%): 3`
        var counted: [Int: Int] = [:]
        for line in blocks {
            let words = line.split(separator: " ")
            if let count = words.first.flatMap({ Double($0) }), let block = words.last.flatMap({ Int($0) }) {
                counted[block] = Int(count)
            }
        }
        #expect(counted == expected)
    }

    /// Count by stack, what has no symbol under one name.
    private func counts(_ collapsed: String) throws -> [String: Int64] {
        var result: [String: Int64] = [:]
        for line in collapsed.split(separator: "\n") where !line.hasPrefix("#") {
            let blank = try #require(line.lastIndex(of: " "))
            let names = line[..<blank].split(separator: ";").map { name in
                name.hasPrefix("[") && name.hasSuffix("]") ? "[unknown]" : name
            }
            result[names.joined(separator: ";"), default: 0] += try #require(Int64(line[blank...].dropFirst()))
        }
        return result
    }
}
