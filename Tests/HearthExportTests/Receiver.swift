import HearthFormats
import HearthHTTP
import HearthProfile
import HearthTestRuns
import SwiftProtobuf
import Synchronization
import Testing

@testable import HearthExport

/// What a receiver got in one request.
struct ReceivedPush: Sendable {
    var fields: HTTPFieldList
    var labels: [String: String]
    /// In the order sent.
    var labelNames: [String]
    var id: String
    var pprofSize: Int
    var profile: Profile
    var time: Duration

    /// Of a window of `makeWindow`.
    var number: Int { Int(profile.attributes["number"] ?? "") ?? -1 }
}

/// A Pyroscope that takes pushes apart and checks them, and answers as it is told.
final class Receiver: Sendable {
    typealias Answer = @Sendable (ReceivedPush) async -> HTTPResponse

    static let taken = HTTPResponse(fields: ["Content-Type": "application/proto"])

    private let state = Mutex<(all: [ReceivedPush], taken: [ReceivedPush])>(([], []))
    private let clock: ManualClock?
    let server: HTTPServer

    /// All requests, and those that were answered with 200.
    var all: [ReceivedPush] { state.withLock { $0.all } }
    var taken: [ReceivedPush] { state.withLock { $0.taken } }
    var takenNumbers: [Int] { taken.map(\.number) }

    init(
        _ address: HTTPAddress = .tcp(host: "127.0.0.1", port: 0), clock: ManualClock? = nil, prefix: String = "",
        answer: @escaping Answer = { _ in taken }
    ) async throws {
        self.clock = clock
        let receive = Mutex<(@Sendable (HTTPServerRequest) async throws -> HTTPResponse)?>(nil)
        let box = Handler(receive: receive)
        server = try await HTTPServer.start(address, limits: HTTPServerLimits(bodySize: 16 << 20)) { request in
            guard let handler = box.receive.withLock({ $0 }) else { return HTTPResponse(status: 503) }
            return try await handler(request)
        }
        box.receive.withLock { receive in
            receive = { [weak self] request in
                guard let self else { return HTTPResponse(status: 503) }
                #expect(request.path == prefix + "/push.v1.PusherService/Push")
                let push = try take(request)
                let response = await answer(push)
                if response.status == 200, response.fields["Content-Type"] == "application/proto" {
                    state.withLock { $0.taken.append(push) }
                }
                return response
            }
        }
    }

    private final class Handler: Sendable {
        let receive: Mutex<(@Sendable (HTTPServerRequest) async throws -> HTTPResponse)?>

        init(receive: consuming Mutex<(@Sendable (HTTPServerRequest) async throws -> HTTPResponse)?>) {
            self.receive = receive
        }
    }

    var url: HTTPURL { HTTPURL(address: server.address) }

    func stop() async { await server.stop(within: .zero) }

    private func take(_ request: HTTPServerRequest) throws -> ReceivedPush {
        #expect(request.method == "POST")
        #expect(request.fields["Content-Type"] == "application/proto")
        let message = try Hearth_Push_PushRequest(serializedBytes: request.body)
        #expect(message.unknownFields.data.isEmpty)
        #expect(message.series.count == 1)
        let series = try #require(message.series.first)
        #expect(series.samples.count == 1)
        #expect(series.labels.count <= 30)
        for label in series.labels {
            #expect(label.name.wholeMatch(of: /[a-zA-Z_][a-zA-Z0-9_]*/) != nil)
            #expect(!label.value.isEmpty)
        }
        let sample = try #require(series.samples.first)
        let pprof = Array(sample.rawProfile)
        #expect(pprof.starts(with: [0x1f, 0x8b]))
        let profile = try Profile.read(pprof, named: "push", format: .pprof).profile
        #expect(profile.samples.count <= 16_000)
        #expect(!profile.periodType.type.isEmpty && profile.period > 0)
        #expect(!profile.frames.contains { $0.thunk != nil })
        let push = ReceivedPush(
            fields: request.fields,
            labels: Dictionary(series.labels.map { ($0.name, $0.value) }) { first, _ in first },
            labelNames: series.labels.map(\.name), id: sample.id,
            pprofSize: pprof.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }, profile: profile,
            time: clock?.now ?? .zero)
        #expect(push.labels.count == series.labels.count)
        state.withLock { $0.all.append(push) }
        return push
    }
}
