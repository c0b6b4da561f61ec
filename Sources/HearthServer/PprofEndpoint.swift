internal import Hearth
internal import HearthFormats
internal import HearthHTTP
internal import HearthProfile

/// Profiles by Go's conventions.
enum PprofEndpoint {
    /// Seconds.
    static let longest = 3_600

    /// CPU time (and wall time, where it is sampled) for `seconds`, 30 where nothing is said.
    static func profile(_ request: HTTPServerRequest, _ profiler: Profiler) async -> HTTPResponse {
        let seconds: Int
        switch number(request, "seconds", default: 30) {
        case .success(let number): seconds = number
        case .failure(let error): return .pprofError(error.text, status: 400)
        }
        guard seconds >= 1, seconds <= longest else {
            return .pprofError("seconds=\(seconds) is not from 1 to \(longest)", status: 400)
        }
        guard request.queryValue("debug") == nil else {
            return .pprofError("seconds and debug do not go together: a profile over time is pprof", status: 400)
        }
        guard profiler.isRunning else { return .pprofError("the profiler does not run", status: 503) }
        let profile = await profiler.record { try? await Task.sleep(for: .seconds(seconds)) }
        guard !Task.isCancelled else { return .pprofError("the client has gone", status: 499) }
        return pprof(profile, name: "profile")
    }

    /// Where each thread stands now.
    static func threads(_ request: HTTPServerRequest, _ profiler: Profiler) async -> HTTPResponse {
        let debug: Int
        switch number(request, "debug", default: 0) {
        case .success(let number): debug = number
        case .failure(let error): return .pprofError(error.text, status: 400)
        }
        guard request.queryValue("seconds") == nil else {
            return .pprofError("seconds is for /debug/pprof/profile: threads are looked at once", status: 400)
        }
        guard profiler.isRunning else { return .pprofError("the profiler does not run", status: 503) }
        let profile = await profiler.threads().hidingThunks()
        return debug > 0 ? .text(ThreadText.text(profile)) : pprof(profile, name: "goroutine")
    }

    private static func pprof(_ profile: Profile, name: String) -> HTTPResponse {
        do {
            // No Content-Encoding: the file itself is gzipped, whoever saves it.
            return HTTPResponse(
                fields: [
                    "Content-Type": "application/octet-stream",
                    "Content-Disposition": "attachment; filename=\"\(name)\"",
                    "X-Content-Type-Options": "nosniff",
                ], body: try profile.encoded(as: .pprof))
        } catch {
            return .pprofError("the profile cannot be written: \(error)", status: 500)
        }
    }

    private struct NotANumber: Error {
        var text: String
    }

    private static func number(
        _ request: HTTPServerRequest, _ name: String, default value: Int
    ) -> Result<Int, NotANumber> {
        guard let text = request.queryValue(name) else { return .success(value) }
        if let number = Int(text) { return .success(number) }
        return .failure(NotANumber(text: "\(name)=\(text.prefix(40)) is not a number"))
    }
}
