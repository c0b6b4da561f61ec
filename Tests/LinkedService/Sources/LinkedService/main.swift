import CThrower
import FlyingFox
import Foundation
import Hearth
import Logging
import ServiceLifecycle

var configuration = Profiler.Configuration()
if let name = ProcessInfo.processInfo.environment["LINKED_SERVICE_UNWINDER"], let unwinder = Unwinder(rawValue: name) {
    configuration.unwinder = unwinder
}
// Its tests look for functions in few seconds of CPU time, also on a machine so busy that the limit would lower the rate.
configuration.costLimit = nil
let profiler = Profiler.start(service: "linked-service", configuration: configuration)

struct Server: Service {
    let recommendations = Recommendations(count: 2_000, dimensions: 64)
    let search = ProfilingLabels(["endpoint": "/nearest"])

    func run() async throws {
        let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: 0))
        await server.appendRoute("GET /nearest/:number") { [recommendations, search] (number: Int) in
            let best = withProfilingLabels(search) { recommendations.nearest(to: number) }
            return HTTPResponse(statusCode: .ok, body: Data("\(best)\n".utf8))
        }
        await server.appendRoute("GET /exceptions") { _ in
            HTTPResponse(statusCode: .ok, body: Data("\(thrower_throw_and_catch(1_000))\n".utf8))
        }
        try await withGracefulShutdownHandler {
            async let running: Void = server.run()
            try await server.waitUntilListening()
            if case .ip4(_, let port)? = await server.listeningAddress { print("port \(port)") }
            fflush(nil)
            try? await running
        } onGracefulShutdown: {
            Task { await server.stop(timeout: 1) }
        }
    }
}

// The profiler stands first, so that it is the last to stop.
let group = ServiceGroup(
    services: [profiler, Server()], gracefulShutdownSignals: [.sigterm], logger: Logger(label: "linked-service"))
try await group.run()

let profile = await profiler.stop()
let folder = ProcessInfo.processInfo.environment["LINKED_SERVICE_OUTPUT"] ?? "."
try FlameGraph(profile.grouped(by: ["endpoint"])).write(to: folder + "/flamegraph.svg")
try profile.write(to: folder + "/profile.folded")
print("stopped")
