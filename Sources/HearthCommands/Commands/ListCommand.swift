internal import ArgumentParser
internal import Foundation
internal import HearthDiscovery
internal import HearthHTTP
internal import HearthTerminal

/// `hearth list`.
struct ListCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the services of this machine that listen.",
        discussion: """
            Those of this user, for root those of all users. A service listens when it
            links HearthServer and HEARTH_LISTEN is set.

              hearth list
              hearth list --format json
            """)

    @Option(help: "What to print.")
    var format = Format.text

    private struct Row: Encodable, Sendable {
        var service: String
        var pid: Int32
        var address: String
        var profiler: String
        var seconds: Int
        var answers: Bool
    }

    mutating func run() throws {
        let services = ServiceFolder.all().flatMap { $0.services() }
        let rows = try waiting { () async throws -> [Row] in
            await withTaskGroup(of: (Int, Row).self) { group in
                for (index, service) in services.enumerated() {
                    group.addTask { (index, await Self.row(service)) }
                }
                return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
            }
        }
        switch format {
        case .json: StandardStream.output.write(String(decoding: try JSONText.encode(rows), as: UTF8.self))
        case .text:
            if rows.isEmpty {
                StandardStream.error.write("hearth: no service listens here; start one with HEARTH_LISTEN=unix\n")
            } else {
                StandardStream.output.write(Self.table(rows))
            }
        }
    }

    private static func row(_ service: ListeningService) async -> Row {
        var answers = false
        if let url = try? service.url() {
            let limits = HTTPClientLimits(connectTimeout: .seconds(1), totalTimeout: .seconds(2), responseSize: 1 << 16)
            let response = try? await HTTPClient().send(HTTPRequest(url, path: "/healthz"), limits: limits)
            answers = response?.status == 200
        }
        return Row(
            service: service.service, pid: service.pid, address: service.address, profiler: service.profiler,
            seconds: max(Int(Date().timeIntervalSince1970 - service.startTime), 0), answers: answers)
    }

    private static func table(_ rows: [Row]) -> String {
        var table = TextTable(columns: [
            TextTable.Column("service", style: .bold), TextTable.Column("pid", .right), TextTable.Column("for", .right),
            TextTable.Column("state"), TextTable.Column("hearth"), TextTable.Column("address", style: .dim),
        ])
        for row in rows {
            table.append([
                row.service, "\(row.pid)", span(row.seconds), row.answers ? "answers" : "silent", row.profiler,
                row.address,
            ])
        }
        let terminal = StandardStream.output.isTerminal
        return table.rendered(styled: terminal)
    }

    private static func span(_ seconds: Int) -> String {
        for (unit, size) in [("d", 86_400), ("h", 3_600), ("m", 60)] where seconds >= 2 * size {
            return "\(seconds / size)\(unit)"
        }
        return "\(seconds)s"
    }
}
