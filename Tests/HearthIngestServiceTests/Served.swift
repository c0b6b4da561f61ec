import Foundation
import GRDB
import HearthHTTP
import HearthIngestService
import HearthIngestion
import HearthTestRuns

/// A service in this process, on a socket in a folder of its own.
struct Served {
    let folder: TemporaryFolder
    let server: IngestServer

    var store: String { folder.path("out.db") }

    static func start(
        in folder: TemporaryFolder? = nil, _ change: (inout IngestServer.Settings) -> Void = { _ in }
    ) async throws -> Served {
        let folder = try folder ?? TemporaryFolder()
        var settings = IngestServer.Settings(address: .unix(path: folder.path("s")))
        change(&settings)
        let server = try await IngestServer.start(
            store: folder.path("out.db"), pipeline: DocumentPipeline(), settings: settings)
        return Served(folder: folder, server: server)
    }

    static let client = HTTPClient()

    static func post(
        _ body: [UInt8], to address: HTTPAddress, fields: HTTPFieldList = [:], path: String = "/documents"
    ) async throws -> HTTPResponse {
        let url = try HTTPURL(address.url)
        return try await client.send(
            HTTPRequest(url, method: "POST", path: path, fields: fields, body: body),
            limits: HTTPClientLimits(totalTimeout: .seconds(60)))
    }

    func post(_ body: [UInt8], fields: HTTPFieldList = [:], path: String = "/documents") async throws -> HTTPResponse {
        try await Self.post(body, to: server.address, fields: fields, path: path)
    }

    func get(_ path: String, fields: HTTPFieldList = [:], method: String = "GET") async throws -> HTTPResponse {
        let url = try HTTPURL(server.address.url)
        return try await Self.client.send(
            HTTPRequest(url, method: method, path: path, fields: fields),
            limits: HTTPClientLimits(totalTimeout: .seconds(60)))
    }

    /// The value of a metric, with its labels.
    func metric(_ name: String) async throws -> Int? {
        try await get("/metrics").text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
            .flatMap { Int($0.dropFirst(name.count + 1)) }
    }

    /// Returns when so many bytes wait.
    func waitForBytesInFlight(_ bytes: Int) async throws {
        let patience = Date().addingTimeInterval(30)
        while try await metric("hearth_ingest_in_flight_bytes") != bytes, Date() < patience {
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

extension HTTPAddress {
    var url: String {
        if case .unix = self { "\(self)" } else { "http://\(self)" }
    }
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }

    func json() throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] ?? [:]
    }

    /// What stands in the answer under these names.
    func counts() throws -> [Int?] {
        let json = try json()
        return ["read", "stored", "unchanged", "rejected"].map { json[$0] as? Int }
    }
}

/// Another program's write transaction on a store: nobody else can write meanwhile.
final class StoreLock {
    private let queue: DatabaseQueue

    init(_ path: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    }

    func release() throws {
        try queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try queue.close()
    }
}

enum Documents {
    static func sample() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: Checkout.sample))) }

    /// JSON Lines of small documents with these identifiers.
    static func lines(_ identifiers: some Sequence<String>) -> [UInt8] {
        identifiers.reduce(into: []) { text, id in
            text +=
                #"{"id":"\#(id)","name":"name \#(id)","version":"1","description":{"short":"about \#(id)"}}"#.utf8
            text.append(0x0A)
        }
    }

    /// All keys of a store.
    static func keys(_ path: String) throws -> Set<String> {
        let queue = try DatabaseQueue(path: path)
        return try queue.read { try String.fetchSet($0, sql: "SELECT key FROM documents") }
    }
}
