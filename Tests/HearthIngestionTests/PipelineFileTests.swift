import Foundation
import GRDB
import HearthIngestCommands
import Testing

@testable import HearthIngestion

/// Pipelines of users, as files.
@Suite struct PipelineFileTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private static let books = """
        {
          "id": "$.isbn",
          "fields": {
            "name": { "path": "$.title", "type": "text", "required": true, "stored": true },
            "blurb": { "paths": ["$.summary", "$.excerpt"], "separator": " / ", "type": "text", "stored": true },
            "authors": { "path": "$.authors[*].name", "type": "texts" },
            "shelf": { "path": "$.shelf", "type": "category", "stored": true },
            "pages": { "path": "$.formats[?@.kind == 'print'].pages", "type": "number", "stored": true },
            "published": { "path": "$.published", "type": "date", "stored": true },
            "first": { "path": "$.authors[0].name", "type": "text", "stored": true }
          },
          "vector": [
            { "name": "words", "fields": ["name", "blurb", "authors"], "encoder": "text", "weight": 1, "query": true },
            { "fields": ["authors"], "encoder": "text", "weight": 0.4, "query": true, "name": "people" },
            { "fields": ["shelf"], "encoder": "category", "dimension": 8, "weight": 0.2 },
            { "fields": ["pages"], "encoder": "number", "largest": 5000, "weight": 0.1 },
            { "fields": ["published"], "encoder": "recency", "half_life_days": 365, "as_of": "2026-01-01", "weight": 0.3 }
          ]
        }
        """

    private static let documents = [
        #"{"isbn":1,"title":"Shade gardening","summary":"plants","excerpt":"without sun","shelf":"nature","published":"2026-01-01","#
            + #""authors":[{"name":"Ann Green"},{"name":"Bob Root"}],"formats":[{"kind":"audio","pages":1},{"kind":"print","pages":250}]}"#,
        #"{"isbn":"two","title":"Steam engines","shelf":7,"published":"2020-02-29T12:00:00Z","authors":[]}"#,
        #"{"isbn":"three","shelf":"nature"}"#,
        #"{"isbn":"four","title":"Bad day","published":"2025-02-29"}"#,
        #"{"isbn":"five","title":"Bad pages","formats":[{"kind":"print","pages":"many"}]}"#,
        // A member twice: the scanner gives it up, the tree takes it.
        #"{"isbn":"six","title":"Old","title":"New","authors":[{"name":"Zoe"}],"formats":[{"kind":"print","pages":9}]}"#,
    ]

    private func description(_ text: String = books) throws -> PipelineDescription {
        try PipelineDescription(json: Array(text.utf8), path: "books.json")
    }

    @Test(arguments: FieldAccess.allCases) func documentsOfOnesOwn(access: FieldAccess) async throws {
        let input = try folder.write(Array(Self.documents.joined(separator: "\n").utf8), to: "books.jsonl")
        var job = IngestJob(input: input, store: folder.file("s.db"), rejectedPath: folder.file("rejected"))
        job.pipeline = DocumentPipeline(description: try description())
        job.pipeline.fieldAccess = access
        let report = try await job.run()
        #expect(report.counts.stored == 3 && report.counts.rejected == 3)
        let rejected = try folder.text("rejected")
        #expect(rejected.contains("lacks the required field 'title'"))
        #expect(rejected.contains("'2025-02-29' is no date such as 2026-11-27"))
        #expect(rejected.contains("is a string, not a number"))

        // By the description that the store keeps.
        let store = try DocumentStore(readingPath: job.store)
        let found = try await store.search("shade plants", count: 3)
        #expect(found.first?.key == "1")
        #expect(
            found.first?.fields == [
                "name": "Shade gardening", "blurb": "plants / without sun", "shelf": "nature", "pages": "250.0",
                "published": "2026-01-01", "first": "Ann Green",
            ])
        let second = try await store.search("Zoe", count: 1).first
        #expect(second?.fields == ["name": "New", "pages": "9.0", "first": "Zoe"])
        let filtered = try await store.search("x", count: 9, filters: [FieldFilter(name: "shelf", value: "7")])
        #expect(filtered.map(\.key) == ["two"])
        // Run again, nothing is new; with another weight, everything is.
        #expect(try await job.run().counts.unchanged == 3)
        job.pipeline = DocumentPipeline(description: try description(Self.books.replacing("0.4", with: "0.5")))
        #expect(try await job.run().counts.stored == 3)
    }

    @Test func theBuiltInOneComesBack() throws {
        let written = PipelineDescription.packages.json
        let read = try PipelineDescription(json: written, path: "pipeline.json")
        #expect(read == .packages && read.json == written)
        // What stands in every store made so far.
        let fingerprint =
            "packages-1 hashed embed-description=128*1.0 embed-name=128*0.6 embed-relations=128*0.3 "
            + "encode-section=16*0.2 encode-size=2*0.1"
        #expect(DocumentPipeline(description: read).fingerprint == fingerprint)
        let books = try description()
        #expect(try PipelineDescription(json: books.json, path: "") == books)
    }

    @Test func aFingerprintIsOfTheContent() throws {
        let books = DocumentPipeline(description: try description()).fingerprint
        #expect(!books.hasPrefix("packages"))
        let spaced = Self.books.replacing("\n", with: "\n\n").replacing(": ", with: ":")
        #expect(DocumentPipeline(description: try description(spaced)).fingerprint == books)
        for (old, new) in [
            ("$.title", "$.name"), ("\"required\": true", "\"required\": false"), (" / ", " "), ("5000", "5001"),
            ("2026-01-01", "2026-01-02"), ("365", "366"), ("0.4", "0.5"), ("\"dimension\": 8", "\"dimension\": 9"),
        ] {
            let other = DocumentPipeline(description: try description(Self.books.replacing(old, with: new)))
            #expect(other.fingerprint != books, "\(old)")
        }
    }

    @Test func whatIsWrongIsSaidByLineAndKey() throws {
        let cases: [(old: String, new: String, message: String)] = [
            ("\"id\": \"$.isbn\",", "\"id\": \"isbn\",", "line 2, id: no JSONPath: expected"),
            ("  \"id\": \"$.isbn\",\n", "", "line 1: lacks \"id\""),
            (
                "\"category\", \"stored\"", "\"categroy\", \"stored\"",
                "line 7, fields.shelf.type: 'categroy' is no type"
            ),
            ("\"required\": true", "\"require\": true", "line 4, fields.name.require: is not known here"),
            ("\"required\": true", "\"required\": 1", "line 4, fields.name.required: must be true or false"),
            ("\"fields\": [\"shelf\"]", "\"fields\": [\"shelves\"]", "line 15, vector[2].fields[0]: there is no field"),
            ("\"largest\": 5000", "\"largest\": -1", "line 16, vector[3].largest: must be above 0"),
            ("\"largest\": 5000", "\"dimension\": 5", "line 16, vector[3].dimension: is nothing of the encoder number"),
            (
                "\"encoder\": \"number\", \"largest\": 5000", "\"encoder\": \"category\"",
                "line 16, vector[3].encoder: does not take 'pages'"
            ),
            ("\"weight\": 0.3", "\"weight\": \"much\"", "line 17, vector[4].weight: must be a number"),
            ("2026-01-01", "2026-13-01", "line 17, vector[4].as_of: must be the day"),
            ("\"query\": true", "\"query\": false", "line 12, vector: no part takes a query's text"),
            ("\"name\": \"people\"", "\"name\": \"words\"", "line 14, vector[1]: the name 'words' is taken"),
            ("\"shelf\": {", "\"store\": {", "line 7, fields.store: the name is a node's of every pipeline"),
            ("\"$.shelf\"", "\"$.isbn\"", ""),
            ("\"$.published\"", "\"$.isbn\"", "line 9, fields.published.type: $.isbn is taken as another type"),
            ("\"path\": \"$.shelf\", ", "", "line 7, fields.shelf: lacks \"path\""),
            ("\"vector\": [", "\"vector\": [,", "line 12: no JSON: expected a value at byte"),
        ]
        for (old, new, message) in cases {
            let text = Self.books.replacing(old, with: new)
            #expect(text != Self.books, "\(old)")
            do {
                _ = try description(text)
                #expect(message.isEmpty, "\(message)")
            } catch {
                let error = "\(error)"
                #expect(!message.isEmpty && error.hasPrefix("books.json, \(message)"), "\(error)")
                #expect(!error.contains("\n"))
            }
        }
    }

    @Test func theCommandsTakeIt() async throws {
        let input = try folder.write(Array(Self.documents.prefix(2).joined(separator: "\n").utf8), to: "books.jsonl")
        let file = try folder.write(Array(Self.books.utf8), to: "books.json")
        let store = folder.file("s.db")
        let run = ["run", "--input", input, "--store", store, "--pipeline"]
        #expect(await IngestCommand.run(run + [file]) == 0)
        #expect(await IngestCommand.run(["query", "--store", store, "shade"]) == 0)
        #expect(await IngestCommand.run(["query", "--store", store, "shade", "--where", "shelf=nature"]) == 0)
        #expect(await IngestCommand.run(["query", "--store", store, "shade", "--where", "nature"]) == 2)
        #expect(await IngestCommand.run(["plan", "--pipeline", file, "-o", folder.file("plan.svg")]) == 0)
        #expect(try folder.text("plan.svg").contains("encode-published"))
        #expect(await IngestCommand.run(["plan", "-o", folder.file("pipeline.json")]) == 0)
        #expect(try Array(folder.text("pipeline.json").utf8) == PipelineDescription.packages.json)
        #expect(await IngestCommand.run(run + [folder.file("none.json")]) == 1)
        #expect(await IngestCommand.run(run + [input]) == 1)
        #expect(await IngestCommand.run(run + [""]) == 2)
    }

    @Test func daysAreCounted() {
        for (text, number) in [
            ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2026-11-27T00:00:00Z", 20_784),
            ("0000-01-01 later", -719_528),
        ] { #expect(CalendarDay(text.utf8)?.number == number, "\(text)") }
        for text in [
            "", "2026-11", "2026-11-31", "1900-02-29", "2026-00-01", "26-11-2026", "2026-11-27x", "2026/11/27",
        ] {
            #expect(CalendarDay(text.utf8) == nil, "\(text)")
        }
    }

    @Test func freshnessHalves() throws {
        let day = try #require(CalendarDay("2026-01-01".utf8))
        let node = RecencyNode(halfLifeDays: 10, asOf: day)
        func freshness(_ text: String) throws -> Float {
            let vector = node.vector(try #require(CalendarDay(text.utf8)))
            #expect(abs(vector[0] * vector[0] + vector[1] * vector[1] - 1) < 1e-6)
            // The half circle's parameter.
            return vector[1] / (1 + vector[0])
        }
        #expect(try freshness("2026-01-01") == 1 && freshness("2030-01-01") == 1)
        #expect(try abs(freshness("2025-12-22") - 0.5) < 1e-6 && abs(freshness("2025-12-12") - 0.25) < 1e-6)
        #expect(try freshness("1000-01-01") == 0)
    }
}
