internal import HearthHTTP
internal import HearthIngestion

extension IngestEndpoints {
    /// An answer shorter than that is sent as it is.
    private static let worthPacking = 1_024
    private static let largestCount = 10_000

    /// The documents nearest to a text.
    func query(_ request: HTTPServerRequest) async -> HTTPResponse {
        guard let text = request.queryValue("text"), text.contains(where: { !$0.isWhitespace }) else {
            return .text("what to look for is missing: /query?text=…", status: 400)
        }
        let countText = request.queryValue("k") ?? "10"
        guard let count = Int(countText), (1...Self.largestCount).contains(count) else {
            return .text("k=\(countText.prefix(40)) is not from 1 to \(Self.largestCount)", status: 400)
        }
        var filters: [FieldFilter] = []
        for item in request.query where item.name == "where" {
            guard let filter = FieldFilter(item.value) else {
                return .text("where=\(item.value.prefix(40)) is no filter: write where=section=web", status: 400)
            }
            filters.append(filter)
        }
        for item in request.query where !["text", "k", "where"].contains(item.name) {
            return .text("'\(item.name.prefix(40))' is not known: /query takes text, k and where", status: 400)
        }
        do {
            let found = try await search.nearest(text, count: count, filters: filters)
            return packed(Neighbour.json(found), for: request)
        } catch let error as StoreError {
            return .text("\(error)", status: error.reason == .busy ? 503 : 500)
        } catch {
            return .text("\(error)", status: 500)
        }
    }

    private func packed(_ json: [UInt8], for request: HTTPServerRequest) -> HTTPResponse {
        var response = HTTPResponse(
            fields: ["Content-Type": "application/json", "Vary": "Accept-Encoding"], body: json)
        let coding = ContentCoding(accepted: request.fields["Accept-Encoding"])
        guard coding != .identity, json.count >= Self.worthPacking, let packed = coding.packed(json) else {
            return response
        }
        response.fields["Content-Encoding"] = coding.rawValue
        response.body = packed
        return response
    }
}
