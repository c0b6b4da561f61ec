internal import HearthFiles
internal import HearthHTTP
internal import SwiftProtobuf

/// What became of one try.
enum PushOutcome: Equatable {
    case accepted
    /// The request is at fault, and always will be.
    case refused(status: Int, String)
    /// The receiver takes nothing now. `retryAfter` is what it asks for.
    case busy(retryAfter: Duration?, String)
    /// The receiver failed at it: it, or the request, is at fault.
    case failing(String)
    /// Nobody answered.
    case unreachable(String)
    /// It was given up for now, at the end of the process.
    case cancelled
}

/// Sends the body of a push to Pyroscope, and reads the answer.
struct Pusher: Sendable {
    let settings: PyroscopeSettings
    let sender: any HTTPSender

    private static let path = "/push.v1.PusherService/Push"
    private static let contentType = "application/proto"
    /// A token is one line.
    private static let tokenLimit = 64 << 10
    /// Longer waits are cut: a receiver's mistake should not silence a service for a day.
    private static let longestWait: Duration = .seconds(3_600)

    /// The bearer token of the settings' file, which is read each time: tokens are replaced in their files. Waits for the disk.
    func readToken() throws(FileError) -> HTTPSecret? {
        guard let file = settings.tokenFile else { return nil }
        let text = String(decoding: try readFile(file, limit: Self.tokenLimit), as: UTF8.self)
        return HTTPSecret(text.filter { !$0.isWhitespace })
    }

    func push(_ body: [UInt8], token: HTTPSecret?) async -> PushOutcome {
        var request = HTTPRequest(
            settings.url, method: "POST", path: Self.path, fields: ["Content-Type": Self.contentType], body: body)
        request.fields["User-Agent"] = "hearth"
        if let tenant = settings.tenant { request.fields["X-Scope-OrgID"] = tenant }
        if let token { request.fields["Authorization"] = "Bearer \(token.exposed)" }
        do {
            return Self.outcome(try await sender.send(request, limits: settings.limits))
        } catch {
            return Self.outcome(error)
        }
    }

    /// Whoever took the connection and gave no answer may do so because of what was sent.
    private static func outcome(_ error: HTTPClientError) -> PushOutcome {
        switch error.reason {
        case .cancelled: .cancelled
        case .closedEarly, .timedOut, .malformed, .tooLarge, .headerTooLarge: .busy(retryAfter: nil, "\(error)")
        default: .unreachable("\(error)")
        }
    }

    private static func outcome(_ response: HTTPResponse) -> PushOutcome {
        let text = "\(response.status) \(firstLine(response.body))"
        switch response.status {
        case 200..<300:
            return isAnswer(response) ? .accepted : .busy(retryAfter: nil, "an answer that is not Pyroscope's: \(text)")
        case 408, 429, 502, 503, 504: return .busy(retryAfter: retryAfter(response), text)
        case 500...: return .failing(text)
        case 300..<400:
            // Somebody stands in its place for a while, or the URL is wrong; neither is a reason to lose what is there.
            return .busy(retryAfter: nil, "a redirect, which is not followed: \(text)")
        default: return .refused(status: response.status, text)
        }
    }

    /// Whether it comes from what speaks this protocol: a page of some proxy comes with 200 too.
    private static func isAnswer(_ response: HTTPResponse) -> Bool {
        if response.body.isEmpty { return true }
        guard response.fields["Content-Type"]?.lowercased().hasPrefix(contentType) == true else { return false }
        return (try? Hearth_Push_PushResponse(serializedBytes: response.body)) != nil
    }

    /// In seconds; as a date it is left to the back-off.
    private static func retryAfter(_ response: HTTPResponse) -> Duration? {
        response.fields["Retry-After"].flatMap { Int64($0) }.map { min(.seconds(max($0, 0)), longestWait) }
    }

    /// For the log: what is printable of the first line.
    private static func firstLine(_ body: [UInt8]) -> String {
        let line = String(decoding: body.prefix(200), as: UTF8.self).prefix { !$0.isNewline }
        return String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }))
    }
}
