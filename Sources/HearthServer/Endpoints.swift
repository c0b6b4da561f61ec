internal import Hearth
internal import HearthHTTP

/// What a profiler answers: Go's paths, so that every tool that reads a Go service reads this one.
struct Endpoints: Sendable {
    let profiler: Profiler
    let token: HTTPSecret?
    /// Whether only this machine's own names may be asked for: a page in a browser can give any name to a loopback address.
    let isLoopback: Bool

    func answer(_ request: HTTPServerRequest) async -> HTTPResponse {
        guard request.method == "GET" || request.method == "HEAD" else {
            var response = HTTPResponse.text("only GET is served here", status: 405)
            response.fields["Allow"] = "GET, HEAD"
            return response
        }
        // Probes of an orchestrator carry no token, and learn nothing.
        if request.path == "/healthz" {
            return profiler.isRunning ? .text("ok") : .text("the profiler does not run", status: 503)
        }
        guard !isLoopback || token != nil || isLocal(request.fields["Host"] ?? "") else {
            return .text("this listens for this machine alone: ask for 127.0.0.1 or localhost", status: 403)
        }
        guard isAllowed(request) else {
            var response = HTTPResponse.text("a token is needed: Authorization: Bearer …", status: 401)
            response.fields["WWW-Authenticate"] = "Bearer"
            return response
        }
        switch request.path {
        case "/metrics": return metrics()
        case "/", "/debug/pprof", "/debug/pprof/": return .text(Self.index)
        case "/debug/pprof/profile": return await PprofEndpoint.profile(request, profiler)
        case "/debug/pprof/goroutine": return await PprofEndpoint.threads(request, profiler)
        case "/debug/pprof/allocs", "/debug/pprof/heap", "/debug/pprof/block", "/debug/pprof/mutex":
            let name = request.path.split(separator: "/").last ?? ""
            return .pprofError("there is no profile '\(name)' yet; there are profile and goroutine", status: 404)
        default:
            return .pprofError("nothing is served at this path; see /debug/pprof/", status: 404)
        }
    }

    private func metrics() -> HTTPResponse {
        var response = HTTPResponse(body: Array(PrometheusText.text(profiler).utf8))
        response.fields["Content-Type"] = PrometheusText.contentType
        return response
    }

    private func isLocal(_ host: String) -> Bool {
        if host.isEmpty { return false }
        let address = (try? HTTPAddress(host)) ?? (try? HTTPAddress("\(host):80"))
        return address?.isLocal ?? false
    }

    private func isAllowed(_ request: HTTPServerRequest) -> Bool {
        guard let token else { return true }
        guard let given = request.fields["Authorization"], given.lowercased().hasPrefix("bearer ") else { return false }
        return Self.isSame(given.dropFirst("bearer ".count).utf8, token.exposed.utf8)
    }

    /// Takes as long for a wrong text as for the right one.
    private static func isSame(_ given: some Collection<UInt8>, _ token: some Collection<UInt8>) -> Bool {
        var difference = given.count == token.count ? 0 as UInt8 : 1
        for (left, right) in zip(given, token) { difference |= left ^ right }
        return difference == 0
    }

    private static let index = """
        Hearth \(hearthVersion)

        /debug/pprof/profile?seconds=30     what uses CPU time, from now on for so many seconds; pprof, gzipped
        /debug/pprof/goroutine              where each thread stands now, running or waiting; ?debug=1 as text
        /metrics                            the profiler's account of itself, for Prometheus
        /healthz                            whether the profiler runs
        """
}

extension HTTPResponse {
    /// As Go's handlers say what is wrong.
    static func pprofError(_ text: String, status: Int) -> HTTPResponse {
        var response = HTTPResponse.text(text, status: status)
        response.fields["X-Go-Pprof"] = "1"
        response.fields["X-Content-Type-Options"] = "nosniff"
        return response
    }
}
