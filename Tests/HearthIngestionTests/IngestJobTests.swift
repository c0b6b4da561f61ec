import Foundation
import GRDB
import HearthFiles
import HearthGraph
import HearthRuntime
import Synchronization
import Testing

@testable import HearthIngestion

@Suite struct IngestJobTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func job(_ input: String = Fixture.corpus, store: String = "store.db") -> IngestJob {
        var job = IngestJob(
            input: input, store: folder.file(store), rejectedPath: folder.file("\(store).rejected.jsonl"))
        job.limits.batch = 64
        return job
    }

    /// Every row of every table, in order.
    private func dump(_ store: String = "store.db") throws -> [String] {
        try DatabaseQueue(path: folder.file(store)).read { database in
            let tables = try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            return try tables.flatMap { table in
                try Row.fetchAll(database, sql: "SELECT * FROM \(table) ORDER BY 1, 2").map { "\(table) \($0)" }
            }
        }
    }

    private func counts(_ read: Int, _ stored: Int, _ unchanged: Int, _ rejected: Int) -> IngestCounts {
        var counts = IngestCounts()
        (counts.read, counts.stored, counts.unchanged, counts.rejected) = (read, stored, unchanged, rejected)
        return counts
    }

    /// A job that is cancelled once it has read so many documents.
    private func interrupted(_ job: IngestJob, after documents: Int) async throws -> IngestReport {
        try await Task {
            try await job.run { progress in
                if progress.counts.read >= documents { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
            }
        }.value
    }

    @Test(arguments: NeighbourSearch.allCases) func neighboursAreFoundAtTheEnd(search: NeighbourSearch) async throws {
        var input = try Fixture.lines().prefix(200).map(\.self)
        // The same package under another id: its vector is the same.
        input.append(input[17].replacing(#/"id":"[^"]*"/#, with: #""id":"twin""#))
        var job = job(try folder.write(Array(input.joined(separator: "\n").utf8), to: "input.jsonl"))
        job.neighbours = search
        let report = try await job.run()
        #expect(report.neighbours == 201 * 5)
        #expect(report.table?.rows.suffix(3).map(\.name) == ["project", "neighbours", "store-neighbours"])
        let store = try DocumentStore(readingPath: folder.file("store.db"))
        let pairs = try store.similarPairs(atLeast: 0.999_9, limit: 10)
        #expect(pairs.contains { [$0.key, $0.otherKey].contains("twin") && $0.similarity > 0.999_99 })
        // The other way finds the same.
        let before = try dump().filter { $0.hasPrefix("neighbours ") }
        #expect(before.count == 201 * 5)
        job.neighbours = search == .kdTree ? .bruteForce : .kdTree
        _ = try await job.run()
        #expect(try dump().filter { $0.hasPrefix("neighbours ") } == before)
    }

    @Test func queriesByAFieldGoByItsIndex() async throws {
        let filters = [FieldFilter(name: "section", value: "web"), FieldFilter(name: "size", value: "100")]
        var job = job()
        job.makesIndexes = false
        _ = try await job.run()
        let reader = try DocumentStore(readingPath: folder.file("store.db"))
        let without = try reader.searchPlan(filters: filters)
        #expect(!without.contains { $0.contains(StoreSchema.fieldIndex) }, "\(without)")
        let vector = try await job.pipeline.queryVector("a web server")
        let found = try reader.nearest(to: vector, count: 5, filters: Array(filters.prefix(1)))
        #expect(!found.isEmpty && found.allSatisfy { $0.fields["section"] == "web" })
        #expect(try reader.nearest(to: vector, count: 5, filters: [FieldFilter(name: "section", value: "x'")]).isEmpty)

        job.makesIndexes = true
        _ = try await job.run()
        // The first one may have taken the file for one that nobody changes.
        let later = try DocumentStore(readingPath: folder.file("store.db"))
        let with = try later.searchPlan(filters: filters)
        #expect(with.count { $0.contains("INDEX \(StoreSchema.fieldIndex) (name=? AND value=?)") } == 2, "\(with)")
        #expect(with.contains { $0.contains("vectors USING INTEGER PRIMARY KEY") }, "\(with)")
        #expect(try later.nearest(to: vector, count: 5, filters: Array(filters.prefix(1))) == found)
    }

    @Test func everyDocumentBecomesARowAndTheSecondRunChangesNothing() async throws {
        let first = try await job().run()
        #expect(first.counts == counts(1000, 1000, 0, 0))
        #expect(first.ending == .finished)
        #expect(try DocumentStore(readingPath: folder.file("store.db")).count() == 1000)
        let before = try dump()
        #expect(before.count { $0.hasPrefix("vectors ") } == 1000)
        let second = try await job().run()
        #expect(second.counts == counts(1000, 0, 1000, 0))
        #expect(try dump() == before)
        #expect(try folder.entries() == ["store.db"])
    }

    @Test func theSameInputGivesTheSameFileWhateverTheSchedule() async throws {
        _ = try await job(store: "a.db").run()
        _ = try await job(store: "b.db").run()
        #expect(try readFile(folder.file("a.db")) == readFile(folder.file("b.db")))
        var sequential = job(store: "c.db")
        sequential.options.schedule = .sequential
        _ = try await sequential.run()
        #expect(try dump("c.db") == dump("a.db"))
    }

    /// Fields by JSONPath over each document, or all in one pass: the same store and the same documents set aside, also where items go
    /// one by one and columns as JSON.
    @Test func theSameStoreWhicheverWayFieldsAreTaken() async throws {
        var lines = try Fixture.lines()
        let bad = [
            "not json", #"{"name":"n"}"#, #"{"id":1e999}"#, #"{"id":"x","name":5,"version":true}"#,
            #"{"version":5,"name":5,"id":"x"}"#,
            document("x", rest: #","depends":{"name":"libc6"}"#), document("x", rest: #","tags":["x",[],5]"#), "[1]",
            "{\"id\":\"\u{1}\"}",
        ]
        let odd = [
            document("big", rest: #","size":{"installed_kib":123456789012345678901234567890}"#),
            document("twice", rest: #","tags":["a"],"tags":["b",null],"section":"x","section":null"#),
            #"{"id":12,"id":13,"name":"n","version":"1","description":{"long":"gone"},"description":{"short":"s","long":"l"}}"#,
        ]
        for (number, text) in (bad + odd).enumerated() { lines.insert(text, at: number * 37) }
        let input = try folder.write(Array(lines.joined(separator: "\n").utf8), to: "in.jsonl")
        var forms: [(name: String, change: (inout IngestJob) -> Void)] = [
            ("direct", { _ in }), ("jsonpath", { $0.pipeline.fieldAccess = .jsonpath }),
            (
                "slow",
                {
                    $0.pipeline.fieldAccess = .jsonpath
                    $0.options.transfer = .json
                    $0.options.schedule = .sequential
                    $0.options.evaluation = .perItem
                    $0.options.memoBytes = nil
                }
            ),
            (
                "coalesced",
                {
                    $0.pipeline.fieldAccess = .jsonpath
                    $0.options.evaluation = .coalesced
                }
            ),
        ]
        forms.append(("direct-json", { $0.options.transfer = .json }))
        for form in forms {
            var job = job(input, store: "\(form.name).db")
            job.rejectionLimit = .count(100)
            form.change(&job)
            let report = try await job.run()
            #expect(report.counts == counts(1012, 1003, 0, 9), "\(form.name)")
            #expect(try dump("\(form.name).db") == dump("direct.db"), "\(form.name)")
            #expect(
                try folder.text("\(form.name).db.rejected.jsonl") == folder.text("direct.db.rejected.jsonl"),
                "\(form.name)")
        }
    }

    @Test func gzippedInputGivesTheSameStoreAndResumes() async throws {
        _ = try await job(store: "plain.db").run()
        let input = try folder.write(try Gzip.packed(readFile(Fixture.corpus)), to: "in.jsonl.gz")
        _ = try await job(input, store: "whole.db").run()
        // Progress is that of another input; all else is the same.
        let documents = { (store: String) in try dump(store).filter { !$0.hasPrefix("progress") } }
        #expect(try documents("whole.db") == documents("plain.db"))
        #expect(try await interrupted(job(input), after: 200).ending == .interrupted(canResume: true))
        var again = job(input)
        again.resumes = true
        let report = try await again.run()
        #expect(report.resumeRefusal == nil && (report.resumedAfter ?? 0) >= 200)
        #expect(report.counts == counts(1000, 1000, 0, 0))
        #expect(try dump() == dump("whole.db"))
    }

    @Test func damagedGzipIsNamedAndWholeBatchesStay() async throws {
        let packed = try Gzip.packed(readFile(Fixture.corpus))
        let cut = try folder.write(packed.prefix(packed.count / 2), to: "cut.gz")
        await #expect(throws: InputError.cutGzip(path: cut, byte: packed.count / 2)) { try await job(cut).run() }
        #expect(try DocumentStore(readingPath: folder.file("store.db")).count() >= 64)
        let corrupt = try folder.write(packed.prefix(100) + Array(repeating: 0xFF, count: 5000), to: "corrupt.gz")
        let error = await #expect(throws: InputError.self) { try await job(corrupt, store: "no.db").run() }
        guard case .corruptGzip(corrupt, let byte)? = error else {
            Issue.record("\(String(describing: error))"); return
        }
        #expect(100...5100 ~= byte)
        let head = try folder.write([0x1F, 0x8B], to: "head.gz")
        await #expect(throws: InputError.cutGzip(path: head, byte: 2)) { try await job(head, store: "no.db").run() }
    }

    @Test(arguments: Schedule.allCases) func anInterruptedRunResumesToTheSameStore(_ schedule: Schedule) async throws {
        // Where batches overlap, one more may be on its way.
        let more = schedule == .parallel ? 64 : 0
        _ = try await job(store: "whole.db").run()
        var start = job()
        start.options.schedule = schedule
        let first = try await interrupted(start, after: 200)
        #expect(first.ending == .interrupted(canResume: true))
        let done = first.counts.read
        #expect(done % 64 == 0 && (256...256 + more).contains(done), "whole batches of 64")
        #expect(first.counts == counts(done, done, 0, 0))
        #expect(try DocumentStore(readingPath: folder.file("store.db")).count() == done)
        var rest = start
        rest.resumes = true
        let second = try await interrupted(rest, after: done + 44)
        #expect(second.resumedAfter == done)
        let later = second.counts.read
        #expect(later % 64 == 0 && (done + 64...done + 64 + more).contains(later))
        #expect(second.counts == counts(later, later, 0, 0))
        // The rest of it with another batch size: where the batches are cut must not matter.
        rest.limits.batch = 100
        let third = try await rest.run()
        #expect(third.resumedAfter == later)
        #expect(third.counts == counts(1000, 1000, 0, 0))
        #expect(try dump() == dump("whole.db"))
        let again = try await rest.run()
        #expect(again.resumedAfter == nil)
        #expect(again.resumeRefusal == "the store knows of no unfinished run of this input")
        #expect(again.counts == counts(1000, 0, 1000, 0))
    }

    /// Holds the first batch before the store until the second has begun, or lets it fail there.
    private final class Overlap: NodeHook, RuntimeObserver {
        struct Failed: Error {}

        private let fails: Bool
        private let hasBegun = Mutex(false)
        private let hasMet = Mutex(false)

        init(fails: Bool = false) { self.fails = fails }

        /// Whether the second batch had begun when the first was stored.
        var isSeen: Bool { hasMet.withLock(\.self) }

        func record(_ event: RuntimeEvent) {
            if case .batchStarted(batch: 1, _) = event { hasBegun.withLock { $0 = true } }
        }

        func around(_ call: NodeCall, _ body: () async throws -> NodeOutput) async throws -> NodeOutput {
            if call.name == "store", call.batch == 0 {
                if fails { throw Failed() }
                let patience = ContinuousClock.now + .seconds(60)
                while !hasBegun.withLock(\.self), ContinuousClock.now < patience { await Task.yield() }
                let met = hasBegun.withLock(\.self)
                hasMet.withLock { $0 = met }
            }
            return try await body()
        }
    }

    @Test func theNextBatchIsOnItsWayWhileOneIsStored() async throws {
        let overlap = Overlap()
        var job = job()
        job.hook = { _ in overlap }
        job.observers = [overlap]
        #expect(try await job.run().counts == counts(1000, 1000, 0, 0))
        #expect(overlap.isSeen)
    }

    /// The second batch is on its way when the first turns out to be too bad: it must not come into the store.
    @Test func nothingIsStoredBehindTooManyBadDocuments() async throws {
        let overlap = Overlap()
        let lines = (0..<400).map { $0 == 5 ? "bad" : document("\($0)") }
        var job = job(try folder.write(Array(lines.joined(separator: "\n").utf8), to: "in.jsonl"))
        job.rejectionLimit = .count(0)
        job.hook = { _ in overlap }
        job.observers = [overlap]
        let report = try await job.run()
        #expect(overlap.isSeen)
        #expect(report.ending == .tooManyRejected)
        #expect(report.counts == counts(64, 63, 0, 1))
        #expect(try DocumentStore(readingPath: folder.file("store.db")).count() == 63)
    }

    /// A failure ends the waiting for more input, too: a pipe may say nothing for hours.
    @Test(.timeLimit(.minutes(2))) func aFailureDoesNotWaitForInput() async throws {
        let path = folder.file("pipe")
        try #require(unsafe mkfifo(path, 0o600) == 0)
        let pipe = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try pipe.write(contentsOf: Data((0..<64).map { document("\($0)") + "\n" }.joined().utf8))
        let overlap = Overlap(fails: true)
        var job = job(path)
        job.hook = { _ in overlap }
        job.observers = [overlap]
        let failing = job
        await #expect(throws: NodeFailure.self) { try await failing.run() }
        try pipe.close()
    }

    @Test func aChangedInputIsReadFromTheBeginning() async throws {
        let lines = try Fixture.lines()
        let input = try folder.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "in.jsonl")
        // At a known place: one batch after the other.
        var start = job(input)
        start.options.schedule = .sequential
        _ = try await interrupted(start, after: 500)
        // The same size and the same start, but not the same place to go on from.
        var changed = lines
        changed.swapAt(510, 511)
        changed.swapAt(511, 512)
        let text = changed.joined(separator: "\n") + "\n"
        try folder.write(Array(text.utf8), to: "in.jsonl")
        var resumed = job(input)
        resumed.resumes = true
        let report = try await resumed.run()
        #expect(report.resumedAfter == nil)
        #expect(report.resumeRefusal == "the input has changed since")
        #expect(report.counts == counts(1000, 488, 512, 0))
    }

    @Test func aNewVersionReplacesTheOld() async throws {
        let input = try folder.write(Array(document("a", name: "one", rest: #","section":"x""#).utf8), to: "in.jsonl")
        #expect(try await job(input).run().counts == counts(1, 1, 0, 0))
        let new = document("a", name: "two")
        try folder.write(Array("\(new)\n\(new)".utf8), to: "in.jsonl")
        #expect(try await job(input).run().counts == counts(2, 1, 1, 0))
        let rows = try dump()
        #expect(
            rows.filter { $0.hasPrefix("fields ") } == [
                "fields [document:1 name:\"name\" value:\"two\"]",
                "fields [document:1 name:\"summary\" value:\"words\"]",
                "fields [document:1 name:\"version\" value:\"1\"]",
            ])
        #expect(rows.count { $0.hasPrefix("documents ") } == 1)
    }

    @Test func badDocumentsAreSetAsideWithTheirPlace() async throws {
        let good = Array(document("a").utf8)
        var input = good + Array("\nnot json\n\n{\"name\":\"no id\"}\n{\"id\":\"b\",\"x\":\"".utf8)
        input += [0xFF, 0xFE]
        input += Array("\"}\n\(document("c"))\n".utf8)
        let path = try folder.write(input, to: "in.jsonl")
        var job = job(path)
        job.rejectionLimit = .count(3)
        let report = try await job.run()
        #expect(report.counts == counts(5, 2, 0, 3))
        #expect(report.isWithinRejectionLimit)
        #expect(report.ending == .finished)
        let rejected = try folder.text("store.db.rejected.jsonl")
        let start = good.count + 1
        #expect(
            rejected == """
                {"line":2,"byte":\(start),"node":"parse","reason":"expected null","text":"not json"}
                {"line":4,"byte":\(start + 10),"node":"parse","reason":"lacks the required field 'id'",\
                "text":"{\\"name\\":\\"no id\\"}"}
                {"line":5,"byte":\(start + 42),"node":"parse","reason":"not UTF-8","text":"{\\"id\\":\\"b\\",\\"x\\":\\"\u{FFFD}\u{FFFD}\\"}",\
                "base64":"eyJpZCI6ImIiLCJ4Ijoi//4ifQ=="}

                """)
        for line in rejected.split(separator: "\n") {
            #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
        }
        // Once they are gone, so is what was set aside.
        try folder.write(good, to: "in.jsonl")
        #expect(try await job.run().counts == counts(1, 0, 1, 0))
        #expect(try folder.entries() == ["in.jsonl", "store.db"])
    }

    @Test func documentsOfAnotherShapeAreSetAside() async throws {
        let cases = [
            (#"{"id":"a"}"#, "lacks the required field 'name'"),
            (#"{"id":"a","name":"n","description":{"short":"s"}}"#, "lacks the required field 'version'"),
            (#"{"id":"a","name":"n","version":"1"}"#, "lacks the required field 'description.short'"),
            (
                #"{"id":"a","name":"n","version":"1","description":{"short":""}}"#,
                "lacks the required field 'description.short'"
            ),
            (#"{"id":"a","name":null,"version":"1"}"#, "lacks the required field 'name'"),
            (#"{"id":"a","name":5,"version":"1"}"#, "the field 'name' is an integer, not a string"),
            (#"{"id":true}"#, "the field 'id' is a boolean, not a string or an integer"),
            (#"{"id":1e400}"#, "number out of range"),
            (#"{"id":"a","description":"words"}"#, "the field 'description' is a string, not an object"),
            (document("a", rest: #","depends":["libc6"]"#), "the field 'depends[]' is a string, not an object"),
            (document("a", rest: #","depends":{"name":"libc6"}"#), "the field 'depends' is an object, not an array"),
            (document("a", rest: #","tags":["x",[]]"#), "the field 'tags[]' is an array, not a string"),
            (
                document("a", rest: #","size":{"installed_kib":"5"}"#),
                "the field 'size.installed_kib' is a string, not a number"
            ),
        ]
        let accepted = [
            document(
                "b", rest: #","maintainer":null,"tags":[null,"x"],"size":{"installed_kib":2.5},"other":[{"x":5}]"#),
            #"{"id":7,"name":"n","version":"1","description":{"short":"s","long":null}}"#,
        ]
        let input = try folder.write(
            Array((cases.map(\.0) + accepted).joined(separator: "\n").utf8), to: "in.jsonl")
        let report = try await job(input).run()
        #expect(report.counts == counts(15, 2, 0, 13))
        let rejected = try folder.text("store.db.rejected.jsonl").split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(rejected.map { $0["reason"] as? String } == cases.map(\.1))
        #expect(rejected.map { $0["line"] as? Int } == Array(1...13))
        let keys = try await DatabaseQueue(path: folder.file("store.db")).read {
            try String.fetchAll($0, sql: "SELECT key FROM documents ORDER BY id")
        }
        #expect(keys == ["b", "7"])
    }

    @Test func tooManyBadDocumentsAreAFailureThatKeepsTheGoodOnes() async throws {
        let lines = (0..<400).map { $0 % 4 == 0 ? "bad" : document("\($0)") }
        let input = try folder.write(Array(lines.joined(separator: "\n").utf8), to: "in.jsonl")
        var share = job(input, store: "share.db")
        share.rejectionLimit = .share(0.2499)
        let whole = try await share.run()
        #expect(!whole.isWithinRejectionLimit)
        #expect(whole.ending == .finished)
        #expect(whole.counts == counts(400, 300, 0, 100))
        share.rejectionLimit = .share(0.25)
        #expect(try await share.run().isWithinRejectionLimit)
        var count = job(input, store: "count.db")
        count.rejectionLimit = .count(20)
        let stopped = try await count.run()
        #expect(!stopped.isWithinRejectionLimit)
        #expect(stopped.ending == .tooManyRejected)
        #expect(stopped.counts == counts(128, 96, 0, 32))
        count.resumes = true
        let again = try await count.run()
        #expect(again.ending == .tooManyRejected)
        #expect(again.counts == counts(128, 96, 0, 32))
        count.rejectionLimit = .count(100)
        let rest = try await count.run()
        #expect(rest.resumedAfter == 128)
        #expect(rest.counts == counts(400, 300, 0, 100))
        #expect(try dump("count.db") == dump("share.db"))
    }

    @Test func aShareEndsTheRunEarlyWhereMostOfAThousandAreBad() async throws {
        let lines = (0..<3000).map { $0 % 3 == 0 ? document("\($0)") : "bad" }
        let input = try folder.write(Array(lines.joined(separator: "\n").utf8), to: "in.jsonl")
        let stopped = try await job(input, store: "stopped.db").run()
        #expect(stopped.ending == .tooManyRejected)
        #expect(stopped.counts == counts(1024, 342, 0, 682), "the first batch end after 1,000")
        #expect(try DocumentStore(readingPath: folder.file("stopped.db")).count() == 342)
        var tolerant = job(input, store: "tolerant.db")
        tolerant.rejectionLimit = .share(0.7)
        #expect(try await tolerant.run().counts == counts(3000, 1000, 0, 2000))
        // Up to the half of them the share may still sink.
        let half = (0..<3000).map { $0 % 2 == 0 ? document("\($0)") : "bad" }
        try folder.write(Array(half.joined(separator: "\n").utf8), to: "in.jsonl")
        let whole = try await job(input, store: "half.db").run()
        #expect(whole.ending == .finished)
        #expect(!whole.isWithinRejectionLimit)
    }

    @Test(arguments: [
        ("1%", RejectionLimit.share(0.01)), ("0", .count(0)), ("12.5%", .share(0.125)), ("100", .count(100)),
    ])
    func limitsAreRead(_ text: String, _ limit: RejectionLimit) {
        #expect(RejectionLimit(text) == limit)
    }

    @Test(arguments: ["", "%", "-1", "x", "101%", "nan%", "1.5", "-1%"]) func otherLimitsAreNot(_ text: String) {
        #expect(RejectionLimit(text) == nil)
    }

    @Test func storesThatAreNoneAreNamed() async throws {
        let notADatabase = try folder.write(Array(String(repeating: "hello ", count: 500).utf8), to: "text.db")
        await #expect(throws: StoreError(path: notADatabase, reason: .notADatabase)) {
            try await job(store: "text.db").run()
        }
        #expect(try folder.text("text.db").hasPrefix("hello"))
        let other = folder.file("other.db")
        try await DatabaseQueue(path: other).write { try $0.execute(sql: "CREATE TABLE t (x)") }
        await #expect(throws: StoreError(path: other, reason: .notAStore)) { try await job(store: "other.db").run() }
        await #expect(throws: StoreError(path: folder.file("."), reason: .notAFile)) { try await job(store: ".").run() }
        for (path, reason) in [("", StoreError.Reason.unnamed), (":memory:", .inMemory), ("/dev/null", .notAFile)] {
            #expect(throws: StoreError(path: path, reason: reason)) { try DocumentStore(path: path) }
            #expect(throws: StoreError(path: path, reason: reason)) { try DocumentStore(readingPath: path) }
        }
        await #expect(throws: StoreError(path: folder.file("none/x.db"), reason: .cannotOpen)) {
            try await job(store: "none/x.db").run()
        }
        #expect(throws: StoreError(path: folder.file("missing.db"), reason: .missing)) {
            try DocumentStore(readingPath: folder.file("missing.db"))
        }
        #expect(throws: StoreError(path: notADatabase, reason: .notADatabase)) {
            try DocumentStore(readingPath: notADatabase)
        }
    }

    /// Nothing but the search by vector may look at every row.
    @Test func whatIsAskedOfTheStoreHasItsIndex() throws {
        let store = try DocumentStore(path: folder.file("plan.db"))
        for (sql, index) in [
            ("SELECT id, hash FROM documents WHERE key = 'a'", "INDEX sqlite_autoindex_documents_1 (key=?)"),
            ("SELECT key FROM documents WHERE id = 1", "INTEGER PRIMARY KEY (rowid=?)"),
            ("SELECT name, value FROM fields WHERE document = 1", "PRIMARY KEY (document=?)"),
            ("DELETE FROM fields WHERE document = 1", "PRIMARY KEY (document=?)"),
        ] {
            let plan = try store.access { queue in
                try queue.read { try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN \(sql)").map { $0["detail"] as String } }
            }
            #expect(plan.count == 1 && plan[0].hasPrefix("SEARCH") && plan[0].hasSuffix(index), "\(sql): \(plan)")
        }
    }

    @Test func pagesHoldVectorsWithLittleLeft() async throws {
        var job = job()
        job.makesIndexes = false
        _ = try await job.run()
        let size = try await DatabaseQueue(path: folder.file("store.db")).read {
            try Int.fetchOne($0, sql: "PRAGMA page_size")
        }
        #expect(size == 16_384)
        let bytes = try readFile(folder.file("store.db")).count
        #expect(bytes < 1000 * (1608 + 700), "a vector of 1,608 bytes and what goes with it")
    }

    /// Where no log can be made, the file is read as it is: in a folder that is not writable, or here for any user.
    @Test func aStoreIsReadWithoutALogBesideIt() async throws {
        _ = try await job().run()
        try FileManager.default.createDirectory(
            atPath: folder.file("store.db-shm"), withIntermediateDirectories: true)
        #expect(try DocumentStore(readingPath: folder.file("store.db")).count() == 1000)
    }

    @Test func anEmptyStoreAnswersWithNothing() async throws {
        let store = try DocumentStore(path: folder.file("empty.db"))
        #expect(try await store.search("words", count: 3).isEmpty)
    }

    /// A disk of a few pages, as SQLite can play one.
    @Test func aFullDiskIsNamedAndWholeBatchesStay() async throws {
        let path = folder.file("full.db")
        let store = try DocumentStore(path: path)
        try store.access { queue in try queue.write { try $0.execute(sql: "PRAGMA max_page_count = 40") } }
        let document = StoredDocument(
            key: "k", hash: Array(repeating: 1, count: 16), vector: ColumnBuffer(repeating: 1, count: 400), fields: [])
        let many = (0..<1000).map { number in
            var copy = document
            copy.key = "key \(number)"
            return copy
        }
        _ = try store.write(Array(many.prefix(10)), rejected: []) { _ in nil }
        #expect(throws: StoreError(path: path, reason: .full)) {
            _ = try store.write(many, rejected: []) { _ in nil }
        }
        #expect(try store.count() == 10)
        #expect(
            "\(StoreError(path: "x.db", reason: .full))"
                == "no space left for x.db: free some, then go on with --resume")
    }

    @Test func aMissingInputLeavesNoStoreBehind() async throws {
        let missing = folder.file("none.jsonl")
        await #expect(throws: FileError(.open, path: missing, code: 2)) { try await job(missing).run() }
        #expect(try folder.entries().isEmpty)
    }

    @Test(
        arguments: [
            ([0x28, 0xB5, 0x2F, 0xFD, 4, 0], "is zstd; unpack it on the way: zstdcat "),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0], "is xz; unpack it on the way: xzcat "),
            (Array("\u{FEFF} \n [{\"id\":1}]".utf8), "is one JSON array and not JSON Lines; "),
        ] as [([UInt8], String)])
    func inputThatIsNoLinesIsNamedAndLeavesNothing(_ bytes: [UInt8], _ words: String) async throws {
        let input = try folder.write(bytes, to: "in")
        let error = await #expect(throws: InputError.self) { try await job(input).run() }
        #expect(error?.description.hasPrefix("\(input) \(words)") == true, "\(error?.description ?? "")")
        #expect(error?.description.hasSuffix(" \(input) | hearth-ingest run --input -") == true)
        #expect(try folder.entries() == ["in"])
    }

    @Test func whatWasSetAsideIsCountedThoughItsFileCannotBeWritten() async throws {
        let input = try folder.write(Array("bad\n\(document("a"))\n".utf8), to: "in.jsonl")
        let inside = folder.file("store.db.rejected.jsonl/kept")
        try FileManager.default.createDirectory(atPath: inside, withIntermediateDirectories: true)
        let report = try await job(input).run()
        #expect(report.counts == counts(2, 1, 0, 1))
        #expect(report.rejectedFileFailure?.path == folder.file("store.db.rejected.jsonl"))
        try folder.write(Array(document("a").utf8), to: "in.jsonl")
        #expect(try await job(input).run().rejectedFileFailure == nil)
        #expect(FileManager.default.fileExists(atPath: inside), "a folder of that name is nobody's to take away")
    }

    @Test func aQueryFindsTheDocumentItself() async throws {
        _ = try await job().run()
        let store = try DocumentStore(readingPath: folder.file("store.db"))
        var firsts = 0
        let lines = try Fixture.lines()
        for line in stride(from: 0, to: 1000, by: 50).map({ lines[$0] }) {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let short = try #require((object["description"] as? [String: Any])?["short"] as? String)
            let found = try await store.search("\(object["name"] ?? "") \(short)", count: 5)
            #expect(found.count == 5)
            #expect(zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score })
            #expect(found.allSatisfy { $0.score <= 1.0001 })
            if found.first?.key == object["id"] as? String { firsts += 1 }
        }
        // Of 1,000 packages several have the same description; the document itself is first for all but those.
        #expect(firsts >= 19, "\(firsts) of 20")
        #expect(try await store.search("", count: 3).count == 3)
        #expect(try store.nearest(to: [1, 2], count: 3).isEmpty, "of another dimension")
    }

    @Test func theModelIsLoadedOnceForAllNodes() async throws {
        let registry = ModelRegistry()
        var job = job()
        job.pipeline = DocumentPipeline(registry: registry)
        _ = try await job.run()
        #expect(registry.statuses.mapValues(\.loads) == ["embedder hashed": 1])
    }

    @Test func theGraphIsAsDescribed() async throws {
        let store = try DocumentStore(path: folder.file("plan.db"))
        let plan = try DocumentPipeline().pipeline(into: store, input: nil).plan
        #expect(plan.steps.first?.name == "parse")
        #expect(plan.steps.last?.name == "store")
        #expect(plan.steps.filter { $0.name.hasPrefix("embed-") }.count == 3)
        #expect(plan.results.map { plan.steps[$0].name } == ["store"])
    }
}
