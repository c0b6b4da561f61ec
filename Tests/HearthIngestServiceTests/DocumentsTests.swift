import Foundation
import GRDB
import HearthHTTP
import HearthIngestService
import HearthIngestion
import HearthTestRuns
import Testing

extension IngestServiceTests {
    @Suite(.serialized) struct DocumentsTests {
        @Test(arguments: ContentCoding.allCases) func theSameAsARunWouldStore(coding: ContentCoding) async throws {
            let served = try await Served.start()
            let fields: HTTPFieldList = coding == .identity ? [:] : ["Content-Encoding": coding.rawValue]
            let body = try #require(coding.packed(try Documents.sample()))
            let first = try await served.post(body, fields: fields)
            #expect(first.status == 200 && first.fields["Content-Type"] == "application/json", "\(first.text)")
            #expect(try first.counts() == [1_000, 1_000, 0, 0])
            #expect(try await served.post(body, fields: fields).counts() == [1_000, 0, 1_000, 0])
            #expect(try await served.metric("hearth_ingest_body_bytes_total{coding=\"\(coding)\"}") == 2 * body.count)
            try await served.server.stop()

            let run = IngestJob(
                input: Checkout.sample, store: served.folder.path("run.db"),
                rejectedPath: served.folder.path("rejected"))
            _ = try await run.run()
            let text = "plot a graph of measured data"
            let expected = try await DocumentStore(readingPath: run.store).search(text, count: 50)
            let found = try await DocumentStore(readingPath: served.store).search(text, count: 50)
            #expect(found == expected && found.count == 50)
            #expect(try Documents.keys(served.store) == Documents.keys(run.store))
            // Closed, and its log folded in.
            #expect(!FileManager.default.fileExists(atPath: "\(served.store)-wal"))
        }

        @Test func whatIsRejectedIsSaidByLineAndByte() async throws {
            let served = try await Served.start()
            let good = String(decoding: Documents.lines(["a"]), as: UTF8.self)
            let text = "\n\(good){\"id\":\"b\"}\r\n  {\"id\": nope}\n\(good)"
            let response = try await served.post(Array(text.utf8))
            #expect(response.status == 200)
            #expect(try response.counts() == [4, 1, 1, 2])
            let rejections = try #require(try response.json()["rejections"] as? [[String: Any]])
            let second = good.utf8.count + 1
            #expect(rejections.map { $0["line"] as? Int } == [3, 4])
            #expect(rejections.map { $0["byte"] as? Int } == [second, second + 12 + 2 + 7])
            #expect(rejections.map { $0["node"] as? String } == ["parse", "parse"])
            #expect(rejections[0]["reason"] as? String == "lacks the required field 'name'")
            #expect(try await served.post([]).counts() == [0, 0, 0, 0])
            try await served.server.stop()
            // A service has no file of what it set aside: that went to the clients.
            let kept = try await DatabaseQueue(path: served.store).read {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM rejected")
            }
            #expect(kept == 0)
        }

        @Test func badBodiesAreRefused() async throws {
            let served = try await Served.start {
                $0.longestBody = 100_000
                $0.bytesInFlight = 200_000
            }
            let lines = Documents.lines((0..<100).map { "d\($0)" })
            let gzip = try #require(ContentCoding.gzip.packed(lines))
            var damaged = gzip
            for place in 40..<60 { damaged[place] ^= 0x55 }
            let bomb = try #require(ContentCoding.zstd.packed([UInt8](repeating: 0x20, count: 10_000_000)))
            let cases: [(body: [UInt8], coding: String, status: Int, text: String)] = [
                (lines, "br", 415, "a body of Content-Encoding 'br' is not taken"),
                (lines, "gzip", 400, "the body is no gzip, or is damaged at byte "),
                (lines, "zstd", 400, "the body is no zstd, or is damaged at byte "),
                (Array(gzip.dropLast(9)), "gzip", 400, "the gzip of the body ends too soon"),
                (damaged, "gzip", 400, "the body is no gzip, or is damaged at byte "),
                (bomb, "zstd", 413, "the body is longer than 100000 bytes when it is unpacked"),
                ([UInt8](repeating: 0x20, count: 100_001), "identity", 413, "the body is too long"),
            ]
            for (body, coding, status, text) in cases {
                let response = try await served.post(body, fields: ["Content-Encoding": coding])
                #expect(
                    response.status == status && response.text.hasPrefix(text), "\(response.status) \(response.text)")
                #expect(response.text.split(separator: "\n").count == 1)
            }
            #expect(try await served.get("/documents").status == 405)
            #expect(try await served.post([], path: "/document").status == 404)
            #expect(try await served.post(lines, fields: ["Origin": "https://evil.example"]).status == 403)
            // All room is free again, and the good one goes through.
            try await served.waitForBytesInFlight(0)
            #expect(try await served.metric("hearth_ingest_in_flight_bytes") == 0)
            #expect(try await served.post(gzip, fields: ["Content-Encoding": "gzip"]).counts() == [100, 100, 0, 0])
            try await served.server.stop()
        }

        @Test func pagesThatNameALoopbackAddressOtherwiseGetNothing() async throws {
            let served = try await Served.start { $0.address = .tcp(host: "127.0.0.1", port: 0) }
            for (host, status) in [("evil.example", 403), ("localhost:80", 200), ("127.0.0.1", 200), ("", 403)] {
                let response = try await served.post(Documents.lines(["a"]), fields: ["Host": host])
                #expect(response.status == status, "\(host)")
            }
            try await served.server.stop()
        }

        @Test func fullIsFullAndThenNot() async throws {
            let body = Documents.lines((0..<50).map { "d\($0)" })
            let served = try await Served.start {
                $0.longestBody = body.count
                $0.bytesInFlight = 2 * body.count
            }
            let lock = try StoreLock(served.store)
            async let first = served.post(body)
            async let second = served.post(body)
            // Both are in memory, and cannot be written.
            try await served.waitForBytesInFlight(2 * body.count)
            let refused = try await served.post(body)
            #expect(refused.status == 429 && refused.fields["Retry-After"] == "1", "\(refused.text)")
            // What has no body is answered.
            #expect(try await served.get("/health").text == "ok\n")
            #expect(try await served.metric("hearth_ingest_refused_total") == 1)
            try lock.release()
            let counts = try await [first.counts(), second.counts()]
            #expect(counts.map { $0[0] } == [50, 50] && counts.compactMap { $0[1] }.reduce(0, +) == 50)
            #expect(try await served.post(body).counts() == [50, 0, 50, 0])
            try await served.server.stop()
        }

        @Test func whatUnpacksToMoreThanThereIsRoomForIsRefused() async throws {
            let plain = Documents.lines((0..<500).map { "d\($0)" })
            let packed = try #require(ContentCoding.zstd.packed(plain))
            let served = try await Served.start {
                $0.longestBody = plain.count
                $0.bytesInFlight = 2 * plain.count
            }
            let lock = try StoreLock(served.store)
            async let first = served.post(plain)
            try await served.waitForBytesInFlight(plain.count)
            async let second = served.post(Array(plain.prefix(packed.count + 1)))
            try await served.waitForBytesInFlight(plain.count + packed.count + 1)
            let refused = try await served.post(packed, fields: ["Content-Encoding": "zstd"])
            #expect(refused.status == 429 && refused.fields["Retry-After"] == "1", "\(refused.text)")
            try lock.release()
            #expect(try await first.status == 200)
            #expect(try await second.status == 200)
            #expect(try await served.post(packed, fields: ["Content-Encoding": "zstd"]).counts() == [500, 0, 500, 0])
            try await served.server.stop()
        }

        @Test func smallRequestsShareBatches() async throws {
            let served = try await Served.start()
            let lock = try StoreLock(served.store)
            let bodies = (0..<40).map { client in Documents.lines((0..<5).map { "c\(client)-\($0)" }) }
            try await withThrowingTaskGroup { group in
                for body in bodies {
                    group.addTask {
                        let response = try await served.post(body)
                        #expect(try response.counts() == [5, 5, 0, 0], "\(response.text)")
                    }
                }
                try await served.waitForBytesInFlight(bodies.reduce(0) { $0 + $1.count })
                try lock.release()
                try await group.waitForAll()
            }
            let statistics = served.server.statistics
            // The writer took what was there when it began, and the rest in the one after.
            #expect(statistics.sharedBatches >= 1 && statistics.batches < 10, "\(statistics)")
            #expect(statistics.counts.stored == 200)
            try await served.server.stop()
        }

        @Test func aLockedStoreIsSaid() async throws {
            let served = try await Served.start()
            let lock = try StoreLock(served.store)
            let response = try await served.post(Documents.lines(["a", "b"]))
            #expect(response.status == 503 && response.fields["Retry-After"] == "5")
            let error = try #require(try response.json()["error"] as? String)
            #expect(error == "\(served.store) is in use by another process: wait until that has ended")
            #expect(try response.counts() == [0, 0, 0, 0])
            try lock.release()
            #expect(try await served.post(Documents.lines(["a", "b"])).counts() == [2, 2, 0, 0])
            #expect(try await served.metric("hearth_ingest_batches_total{result=\"failed\"}") == 1)
            try await served.server.stop()
        }

        @Test func aStoreThatBreaksUnderTheServiceIsSaid() async throws {
            let served = try await Served.start()
            try await DatabaseQueue(path: served.store).write { try $0.execute(sql: "DROP TABLE vectors") }
            let response = try await served.post(Documents.lines(["a"]))
            #expect(response.status == 500)
            #expect((try response.json()["error"] as? String)?.contains("no such table: vectors") == true)
            let query = try await served.get("/query?text=a")
            #expect(query.status == 500 && query.text.contains("no such table: vectors"))
            try await served.server.stop()
        }

        @Test func aStoreOfAnotherPipelineIsLeftAlone() async throws {
            let served = try await Served.start()
            _ = try await served.post(Documents.lines(["a"]))
            try await served.server.stop()
            try await DatabaseQueue(path: served.store).write {
                try $0.execute(sql: "UPDATE settings SET value = 'another' WHERE name = 'pipeline'")
            }
            await #expect(throws: StoreError(path: served.store, reason: .otherPipeline)) {
                _ = try await Served.start(in: served.folder)
            }
        }

        @Test func whatWasTakenIsCommittedThoughNobodyWaitsForIt() async throws {
            let served = try await Served.start()
            let lock = try StoreLock(served.store)
            let body = Documents.lines((0..<1_200).map { "d\($0)" })
            let posting = Task { try await served.post(body) }
            try await served.waitForBytesInFlight(body.count)
            // The writer has it when its first batch is at work; it is in the queue before that.
            try await Task.sleep(for: .milliseconds(300))
            async let stopped: Void = served.server.stop(within: .milliseconds(100))
            try await Task.sleep(for: .milliseconds(500))
            try lock.release()
            try await stopped
            _ = try? await posting.value
            #expect(try Documents.keys(served.store).count == 1_200)
        }
    }
}
