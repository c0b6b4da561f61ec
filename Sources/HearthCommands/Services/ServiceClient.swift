internal import Foundation
internal import HearthFiles
internal import HearthFormats
internal import HearthHTTP
internal import HearthProfile
internal import HearthTerminal

/// Asks a service that listens.
struct ServiceClient: Sendable {
    let url: HTTPURL
    let name: String
    private let token: String?
    private let client = HTTPClient()

    /// - Parameter tokenFile: the file with the token; nil for that of `HEARTH_TOKEN_FILE`, or none.
    init(_ target: ServiceTarget, tokenFile: String?) throws {
        url = target.url
        name = target.name
        let file =
            tokenFile ?? ProcessInfo.processInfo.environment["HEARTH_TOKEN_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        token = try file.map { path in
            let text = String(decoding: try readFile(path, limit: 1 << 16), as: UTF8.self)
            return String(text.split(whereSeparator: \.isWhitespace).first ?? "")
        }
    }

    /// What it does for so many seconds from now on.
    func profile(seconds: Int) async throws -> Profile {
        let limits = HTTPClientLimits(totalTimeout: .seconds(seconds + 60), responseSize: 256 << 20)
        let body = try await get("/debug/pprof/profile?seconds=\(seconds)", limits)
        return try Profile.read(body, named: name, format: .pprof).profile
    }

    private func get(_ path: String, _ limits: HTTPClientLimits) async throws -> [UInt8] {
        let fields: HTTPFieldList = token.map { ["Authorization": "Bearer \($0)"] } ?? [:]
        let response: HTTPResponse
        do throws(HTTPClientError) {
            response = try await client.send(HTTPRequest(url, path: path, fields: fields), limits: limits)
        } catch {
            throw CommandFailure("\(error)")
        }
        let line = String(decoding: response.body.prefix(200), as: UTF8.self).split(whereSeparator: \.isNewline).first
        switch response.status {
        case 200: return response.body
        case 401:
            throw CommandFailure("\(name) asks for a token", hint: "name the file that holds it: --token-file FILE")
        case 404 where response.fields["X-Go-Pprof"] == nil:
            throw CommandFailure(
                "\(name) serves no profiles", hint: "it must link HearthServer, or serve Go's /debug/pprof")
        default: throw CommandFailure("\(name) answered \(response.status): \(line ?? "without a word")")
        }
    }
}

/// Waits for what is asynchronous, on a thread that is no task's: a command's.
func waiting<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) throws -> Result {
    let done = DispatchSemaphore(value: 0)
    let box = ResultBox<Result>()
    Task.detached {
        do { box.set(.success(try await body())) } catch { box.set(.failure(error)) }
        done.signal()
    }
    done.wait()
    return try box.get()
}
