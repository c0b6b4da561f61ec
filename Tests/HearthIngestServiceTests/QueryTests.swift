import Foundation
import HearthHTTP
import HearthIngestService
import HearthIngestion
import HearthTestRuns
import Testing

extension IngestServiceTests {
    @Suite(.serialized) struct QueryTests {
        @Test func documentsAreFound() async throws {
            let served = try await Served.start()
            #expect(try await served.get("/query?text=anything").text == "[]\n")
            _ = try await served.post(try Documents.sample())
            let response = try await served.get("/query?text=web+server&k=3")
            #expect(response.status == 200 && response.fields["Content-Encoding"] == nil)
            let found = try DocumentStore(readingPath: served.store)
            #expect(response.body == Neighbour.json(try await found.search("web server", count: 3)))

            let filters = [FieldFilter(name: "section", value: "web")]
            let expected = Neighbour.json(try await found.search("web server", count: 10, filters: filters))
            #expect(try await served.get("/query?text=web%20server&where=section%3Dweb").body == expected)
            #expect(try await served.get("/query?text=web%20server&where=section=web&where=section=net").text == "[]\n")
            for coding in [ContentCoding.gzip, .zstd] {
                let packed = try await served.get(
                    "/query?text=web%20server&where=section=web&k=10", fields: ["Accept-Encoding": coding.rawValue])
                #expect(packed.fields["Content-Encoding"] == coding.rawValue && packed.body.count < expected.count)
                let body = try coding.unpacked(packed.body, limit: 1 << 20) { (_) throws(PackedBodyError) in }
                #expect(body == expected)
            }
            try await served.server.stop()
        }

        @Test func whatIsWrongIsSaid() async throws {
            let served = try await Served.start()
            for (path, status, text) in [
                ("/query", 400, "what to look for is missing: /query?text=…\n"),
                ("/query?text=+", 400, "what to look for is missing: /query?text=…\n"),
                ("/query?text=a&k=0", 400, "k=0 is not from 1 to 10000\n"),
                ("/query?text=a&k=many", 400, "k=many is not from 1 to 10000\n"),
                ("/query?text=a&where=web", 400, "where=web is no filter: write where=section=web\n"),
                ("/query?text=a&wehre=a=b", 400, "'wehre' is not known: /query takes text, k and where\n"),
                ("/nothing", 404, "nothing is served at this path; see /\n"),
            ] {
                let response = try await served.get(path)
                #expect(response.status == status && response.text == text, "\(path): \(response.text)")
            }
            let post = try await served.post([], path: "/query")
            #expect(post.status == 405 && post.fields["Allow"] == "GET, HEAD")
            #expect(try await served.get("/").text.contains("POST /documents"))
            try await served.server.stop()
        }

        @Test func queriesAndDocumentsAtOnce() async throws {
            let served = try await Served.start()
            _ = try await served.post(try Documents.sample())
            try await withThrowingTaskGroup { group in
                for client in 0..<8 {
                    group.addTask {
                        for round in 0..<5 {
                            let body = Documents.lines((0..<10).map { "c\(client)-\(round)-\($0)" })
                            #expect(try await served.post(body).counts() == [10, 10, 0, 0])
                            let found = try await served.get("/query?text=about+c\(client)-\(round)-3&k=5")
                            #expect(
                                found.status == 200 && found.text.contains("\"c\(client)-\(round)-"), "\(found.text)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(served.server.statistics.counts.stored == 1_400)
            #expect(try await served.metric("hearth_ingest_documents_total{result=\"stored\"}") == 1_400)
            try await served.server.stop()
        }
    }
}
