internal import HearthHTTP
internal import HearthIngestion

extension IngestEndpoints {
    /// Answers when the documents of the body are committed.
    func documents(_ request: HTTPServerRequest) async -> HTTPResponse {
        let field = request.fields["Content-Encoding"]
        guard let coding = ContentCoding(field: field) else {
            var response = HTTPResponse.text(
                "a body of Content-Encoding '\((field ?? "").prefix(40))' is not taken: send it plain, as gzip or as zstd",
                status: 415)
            response.fields["Accept-Encoding"] = "gzip, zstd"
            return response
        }
        var reserved = 0
        // The body as it came has its room until the answer is written; what it becomes needs its own.
        defer { flight.release(reserved) }
        let text: [UInt8]
        do throws(PackedBodyError) {
            text = try coding.unpacked(request.body, limit: longestBody) { (bytes) throws(PackedBodyError) in
                guard flight.reserve(bytes) else { throw .full }
                reserved += bytes
            }
        } catch {
            return refusal(error)
        }
        metrics.countBody(coding, packed: request.body.count, unpacked: text.count)
        do {
            return response(to: try await queue.ingest(text))
        } catch {
            return .text("the service is stopping, and has taken none of the documents", status: 503)
        }
    }

    private func refusal(_ error: PackedBodyError) -> HTTPResponse {
        switch error {
        case .damaged, .cut: return .text("\(error)", status: 400)
        case .tooLong: return .text("\(error)", status: 413)
        case .noMemory: return .text("\(error)", status: 503)
        case .full:
            metrics.countRefused()
            return Self.full
        }
    }

    private func response(to answer: IngestAnswer) -> HTTPResponse {
        var response = HTTPResponse(fields: ["Content-Type": "application/json"], body: answer.json)
        guard let failure = answer.failure else { return response }
        switch (failure as? StoreError)?.reason {
        case .busy, .full:
            response.status = 503
            response.fields["Retry-After"] = "5"
        default: response.status = 500
        }
        return response
    }
}
