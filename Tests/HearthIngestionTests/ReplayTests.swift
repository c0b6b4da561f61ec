import HearthProfile
import HearthRuntime
import Testing

@testable import HearthIngestCommands
@testable import HearthIngestion

@Suite struct ReplayTests {
    @Test func eachIterationAddsOneChange() {
        let iterations = ReplayIteration.all
        #expect(iterations.map(\.name) == ["0", "1", "2", "3", "4a", "4b", "5", "6", "7", "8"])
        let naive = ReplayIteration.options(upTo: 0)
        #expect(naive["--evaluation"] == "per-item" && naive["--neighbours"] == "off")
        for index in iterations.indices.dropFirst() {
            let (before, after) = (ReplayIteration.baseOptions(of: index), ReplayIteration.options(upTo: index))
            #expect(before.keys.sorted() == after.keys.sorted())
            let changed = after.keys.filter { after[$0] != before[$0] }.count
            #expect(changed == (iterations[index].name == "7" ? 2 : 1), "\(iterations[index].name)")
        }
        let last = ReplayIteration.options(upTo: iterations.count - 1)
        #expect(
            last["--transfer"] == "columnar" && last["--schedule"] == "parallel" && last["--neighbours"] == "kd-tree")
    }

    @Test func sharesCountStacksOnceAndRanksLeaveOutCallers() throws {
        var profile = Profile(sampleTypes: [.samples])
        func add(_ stack: String, _ value: Int64) {
            let frames = stack.split(separator: ";").map { profile.intern(frameNamed: String($0)) }
            profile.add(.init(stack: profile.stack(rootFirst: frames)), values: [value])
        }
        add("main;run;slowPath;slowPath", 30)
        add("main;run;other", 50)
        add("main;run;small", 20)
        let slow = ReplayShare(of: ["slowPath"], in: profile)
        // `main` and `run` cost more, and call it: `other` alone is a rival.
        #expect(slow == ReplayShare(share: 0.3, rank: 2))
        #expect(ReplayShare(of: ["other"], in: profile) == ReplayShare(share: 0.5, rank: 1))
        #expect(ReplayShare(of: ["nothing"], in: profile) == ReplayShare(share: 0, rank: nil))
    }

    @Test func storesAreComparedByWhatIsInThem() async throws {
        let folder = try ScratchFolder()
        func store(_ name: String, _ lines: [String]) async throws -> DocumentStore {
            let input = try folder.write(Array(lines.joined(separator: "\n").utf8), to: "\(name).jsonl")
            _ = try await IngestJob(
                input: input, store: folder.file("\(name).db"), rejectedPath: folder.file("\(name).rejected")
            ).run()
            return try DocumentStore(readingPath: folder.file("\(name).db"))
        }
        let first = try await store("first", [document("a"), document("b")])
        #expect(
            try first.firstDifference(from: try await store("other", [document("b"), document("a")]), tolerance: 0)
                == nil)
        let fewer = try await store("fewer", [document("a")])
        #expect(try first.firstDifference(from: fewer, tolerance: 0) == "only one of them has the document b")
        let renamed = try await store("renamed", [document("a"), document("b", name: "another")])
        #expect(try first.firstDifference(from: renamed, tolerance: 0) == "the fields of b differ")
        let long = try await store(
            "long", [document("a"), document("b", rest: #","tags":["x::y"]"#)])
        let difference = try #require(try first.firstDifference(from: long, tolerance: 1e-5))
        #expect(difference.hasPrefix("the vectors of b differ by "))
    }
}
