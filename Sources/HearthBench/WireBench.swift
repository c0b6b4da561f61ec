internal import Foundation
internal import HearthHTTP
internal import HearthIngestService
internal import HearthIngestion

/// What packing saves between a client and `hearth-ingest serve`: the thousand documents that ship with Hearth are posted to a service in
/// this process, in bodies of several sizes, and its own count of what came is printed.
struct WireBench {
    private static let corpus = "Tests/HearthIngestionTests/Fixtures/corpus-1000.jsonl"
    private static let sizes = [1, 10, 100, 1_000]
    private static let rounds = 20

    func run() async throws {
        let lines = Array(try Data(contentsOf: URL(fileURLWithPath: Self.corpus))).split(separator: 0x0A)
        var saved: [Double] = []
        for coding in [ContentCoding.gzip, .zstd] {
            for size in Self.sizes {
                let bodies = stride(from: 0, to: lines.count, by: size).map { start in
                    Array(lines[start..<min(start + size, lines.count)].joined(separator: [0x0A]))
                }
                let share = try await share(of: bodies, coding)
                if size == Self.sizes.last { saved.append(share) }
                printFigure("wire.saved.\(coding).\(size)", share, "%", digits: 1)
            }
            try measureTime(Array(lines.joined(separator: [0x0A])), coding)
        }
        // Of the coding that saves less, in bodies of a thousand.
        printFigure("wire.saved", saved.min() ?? 0, "%", digits: 1)
    }

    /// Posts the bodies, and gives how many of a hundred bytes did not have to be sent.
    private func share(of bodies: [[UInt8]], _ coding: ContentCoding) async throws -> Double {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-wire-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let address = HTTPAddress.unix(path: "\(folder.path)/s")
        let server = try await IngestServer.start(
            store: "\(folder.path)/store.db", pipeline: DocumentPipeline(), settings: .init(address: address))
        let url = try HTTPURL("\(address)")
        let client = HTTPClient()
        for body in bodies {
            guard let packed = coding.packed(body) else { throw Failure(description: "no memory to pack a body") }
            let response = try await client.send(
                HTTPRequest(
                    url, method: "POST", path: "/documents", fields: ["Content-Encoding": coding.rawValue],
                    body: packed))
            guard response.status == 200 else {
                throw Failure(description: String(decoding: response.body, as: UTF8.self))
            }
        }
        let metrics = String(
            decoding: try await client.send(HTTPRequest(url, path: "/metrics")).body, as: UTF8.self)
        try await server.stop()
        func value(_ name: String) -> Double {
            let start = "\(name){coding=\"\(coding)\"} "
            return metrics.split(separator: "\n").first { $0.hasPrefix(start) }
                .flatMap { Double($0.dropFirst(start.count)) } ?? 0
        }
        let (sent, meant) = (value("hearth_ingest_body_bytes_total"), value("hearth_ingest_document_bytes_total"))
        guard meant > 0 else { throw Failure(description: "the service has counted nothing") }
        return 100 * (1 - sent / meant)
    }

    /// What packing costs the client, and unpacking the service.
    private func measureTime(_ text: [UInt8], _ coding: ContentCoding) throws {
        var packing: [Double] = []
        var unpacking: [Double] = []
        for _ in 0..<Self.rounds {
            let start = processNanoseconds()
            guard let packed = coding.packed(text) else { throw Failure(description: "no memory to pack a body") }
            let middle = processNanoseconds()
            let whole = try coding.unpacked(packed, limit: text.count) { (_) throws(PackedBodyError) in }
            let end = processNanoseconds()
            guard whole == text else { throw Failure(description: "what was packed came back otherwise") }
            packing.append(Double(text.count) / Double(middle - start) * 1_000)
            unpacking.append(Double(text.count) / Double(end - middle) * 1_000)
        }
        printFigure("wire.pack.\(coding)", packing.quantile(0.5), "MB/s")
        printFigure("wire.unpack.\(coding)", unpacking.quantile(0.5), "MB/s")
    }

    private struct Failure: Error, CustomStringConvertible {
        var description: String
    }
}
