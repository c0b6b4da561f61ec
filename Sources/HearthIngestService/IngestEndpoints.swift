internal import HearthHTTP
internal import HearthIngestion
internal import Synchronization

/// What a service answers.
final class IngestEndpoints: Sendable {
    let queue: IngestQueue
    let search: DocumentSearch
    let metrics = ServiceMetrics()
    let flight: BytesInFlight
    /// Bytes of a body when it is unpacked.
    let longestBody: Int
    /// Whether only this machine's own names may be asked for: a page in a browser can give any name to a loopback address.
    private let isLoopback: Bool
    private let stopping = Atomic(false)

    init(_ queue: IngestQueue, _ search: DocumentSearch, _ settings: IngestServer.Settings) {
        self.queue = queue
        self.search = search
        flight = BytesInFlight(limit: settings.bytesInFlight)
        longestBody = settings.longestBody
        if case .tcp = settings.address { isLoopback = settings.address.isLocal } else { isLoopback = false }
    }

    func beginToStop() { stopping.store(true, ordering: .releasing) }

    private var isStopping: Bool { stopping.load(ordering: .acquiring) }

    /// Takes room for a body before it is read.
    var admission: HTTPAdmission {
        HTTPAdmission { [self] _, _, bodySize in
            guard flight.reserve(bodySize) else {
                metrics.countRefused()
                metrics.count(endpoint: "documents", status: 429)
                return .refused(Self.full)
            }
            return .admitted { [flight] in flight.release(bodySize) }
        }
    }

    static var full: HTTPResponse {
        var response = HTTPResponse.text("\(PackedBodyError.full)", status: 429)
        response.fields["Retry-After"] = "1"
        return response
    }

    func answer(_ request: HTTPServerRequest) async -> HTTPResponse {
        let endpoint: String
        let response: HTTPResponse
        switch request.path {
        case "/documents":
            endpoint = "documents"
            response = await guarded(request, methods: ["POST"]) { await self.documents(request) }
        case "/query":
            endpoint = "query"
            response = await guarded(request, methods: ["GET", "HEAD"]) { await self.query(request) }
        case "/health":
            endpoint = "health"
            response = isStopping ? .text("stopping", status: 503) : .text("ok")
        case "/metrics":
            endpoint = "metrics"
            response = await guarded(request, methods: ["GET", "HEAD"]) { self.metricsText() }
        case "/":
            endpoint = "index"
            response = await guarded(request, methods: ["GET", "HEAD"]) { .text(Self.index) }
        default:
            endpoint = "other"
            response = .text("nothing is served at this path; see /", status: 404)
        }
        metrics.count(endpoint: endpoint, status: response.status)
        return response
    }

    private func guarded(
        _ request: HTTPServerRequest, methods: [String], _ body: () async -> HTTPResponse
    ) async -> HTTPResponse {
        guard methods.contains(request.method) else {
            var response = HTTPResponse.text("\(request.path) takes \(methods[0])", status: 405)
            response.fields["Allow"] = methods.joined(separator: ", ")
            return response
        }
        guard !isLoopback || isLocal(request.fields["Host"] ?? "") else {
            return .text("this listens for this machine alone: ask for 127.0.0.1 or localhost", status: 403)
        }
        // A page of any site may send documents to a loopback address without asking, and says so in this field.
        guard request.fields["Origin"] == nil else {
            return .text("pages of a browser are not served", status: 403)
        }
        return await body()
    }

    private func isLocal(_ host: String) -> Bool {
        if host.isEmpty { return false }
        let address = (try? HTTPAddress(host)) ?? (try? HTTPAddress("\(host):80"))
        return address?.isLocal ?? false
    }

    private func metricsText() -> HTTPResponse {
        var response = HTTPResponse(body: Array(metrics.text(queue.statistics, flight).utf8))
        response.fields["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8"
        return response
    }

    private static let index = """
        hearth-ingest

        POST /documents                     JSON Lines, plain or with Content-Encoding gzip or zstd; answered when committed
        GET  /query?text=…&k=10&where=a=b   the documents nearest to a text
        GET  /health                        whether documents are taken
        GET  /metrics                       for Prometheus
        """
}
