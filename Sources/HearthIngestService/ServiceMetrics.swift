internal import HearthIngestion
internal import Synchronization

/// What a service has counted since its start. Thread-safe.
final class ServiceMetrics: Sendable {
    private struct Request: Hashable {
        var endpoint: String
        var status: Int
    }

    private struct Body {
        var packed = 0
        var unpacked = 0
    }

    private struct State {
        var requests: [Request: Int] = [:]
        var bodies: [ContentCoding: Body] = [:]
        var refused = 0
    }

    private let state = Mutex(State())

    func count(endpoint: String, status: Int) {
        state.withLock { $0.requests[Request(endpoint: endpoint, status: status), default: 0] += 1 }
    }

    func countBody(_ coding: ContentCoding, packed: Int, unpacked: Int) {
        state.withLock { state in
            state.bodies[coding, default: Body()].packed += packed
            state.bodies[coding, default: Body()].unpacked += unpacked
        }
    }

    /// A request for which there was no room.
    func countRefused() { state.withLock { $0.refused += 1 } }

    /// All of it in Prometheus' text form, version 0.0.4.
    func text(_ queue: IngestQueue.Statistics, _ flight: BytesInFlight) -> String {
        let state = state.withLock { $0 }
        var text = MetricsText()
        text.begin("hearth_ingest_documents_total", .counter, "Documents by what became of them.")
        text.add(["result": "stored"], "\(queue.counts.stored)")
        text.add(["result": "unchanged"], "\(queue.counts.unchanged)")
        text.add(["result": "rejected"], "\(queue.counts.rejected)")
        text.begin("hearth_ingest_batches_total", .counter, "Batches that were committed, and that failed.")
        text.add(["result": "committed"], "\(queue.batches)")
        text.add(["result": "failed"], "\(queue.failedBatches)")
        text.begin(
            "hearth_ingest_shared_batches_total", .counter, "Batches with documents of more than one request.")
        text.add([:], "\(queue.sharedBatches)")
        text.begin("hearth_ingest_batch_seconds_total", .counter, "Time spent on batches.")
        text.add([:], "\(queue.time / .seconds(1))")
        text.begin("hearth_ingest_requests_total", .counter, "Answers by endpoint and status.")
        for (request, count) in state.requests.sorted(by: {
            ($0.key.endpoint, $0.key.status) < ($1.key.endpoint, $1.key.status)
        }) {
            text.add(["endpoint": request.endpoint, "status": "\(request.status)"], "\(count)")
        }
        text.begin("hearth_ingest_body_bytes_total", .counter, "Bytes of bodies as they came, by their coding.")
        for coding in ContentCoding.allCases {
            text.add(["coding": coding.rawValue], "\(state.bodies[coding]?.packed ?? 0)")
        }
        text.begin("hearth_ingest_document_bytes_total", .counter, "Bytes of bodies unpacked, by their coding.")
        for coding in ContentCoding.allCases {
            text.add(["coding": coding.rawValue], "\(state.bodies[coding]?.unpacked ?? 0)")
        }
        text.begin("hearth_ingest_refused_total", .counter, "Requests for which there was no room.")
        text.add([:], "\(state.refused)")
        text.begin("hearth_ingest_in_flight_bytes", .gauge, "Bytes of bodies in memory now.")
        text.add([:], "\(flight.count)")
        text.begin("hearth_ingest_in_flight_limit_bytes", .gauge, "Bytes above which requests are refused.")
        text.add([:], "\(flight.limit)")
        return text.text
    }
}

/// Prometheus' text form. Labels are of our own choice and need no escapes.
private struct MetricsText {
    enum Kind: String { case counter, gauge }

    private(set) var text = ""
    private var name = ""

    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func add(_ labels: KeyValuePairs<String, String>, _ value: String) {
        let pairs = labels.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",")
        text += "\(name)\(pairs.isEmpty ? "" : "{\(pairs)}") \(value)\n"
    }
}
