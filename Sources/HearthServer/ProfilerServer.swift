internal import Foundation
internal import Hearth
internal import HearthDiscovery
internal import HearthHTTP
internal import Logging
internal import Synchronization

/// The endpoints of a profiler, and the file that says where they are.
final class ProfilerServer: ProfilerAttachment {
    private struct State {
        var server: HTTPServer?
        var announced: ListeningService?
        var starting: Task<Void, Never>?
    }

    private let address: HTTPAddress
    private let token: HTTPSecret?
    private let folder: ServiceFolder
    private let logger: Logger
    private let state = Mutex(State())

    init(_ address: HTTPAddress, token: HTTPSecret?, folder: ServiceFolder, logger: Logger) {
        self.address = address
        self.token = token
        self.folder = folder
        self.logger = logger
    }

    var description: String { "listens on \(address)\(token == nil ? "" : " (token ***)")" }

    func begin(_ profiler: Profiler) {
        let starting = Task.detached(priority: .utility) { await self.start(profiler) }
        state.withLock { $0.starting = starting }
    }

    private func start(_ profiler: Profiler) async {
        do {
            if case .unix(let path) = address, path.hasPrefix("\(folder.path)/") { try folder.make() }
            let endpoints = Endpoints(profiler: profiler, token: token, isLoopback: address.isLoopback)
            var limits = HTTPServerLimits()
            limits.requestTimeout = .seconds(PprofEndpoint.longest + 60)
            let server = try await HTTPServer.start(address, limits: limits) { await endpoints.answer($0) }
            state.withLock { $0.server = server }
            if case .tcp(_, 0) = address { logger.info("Hearth listens on \(server.address)") }
            let service = ListeningService(
                service: profiler.service, pid: getpid(), address: "\(server.address)", profiler: hearthVersion,
                startTime: Date().timeIntervalSince1970)
            // A socket elsewhere is found by `hearth list` all the same, if this can be written.
            try? folder.announce(service)
            state.withLock { $0.announced = service }
        } catch {
            logger.error("Hearth serves no profiles of \(profiler.service): \(error)")
        }
    }

    func end(by deadline: ContinuousClock.Instant) async {
        await state.withLock { $0.starting }?.value
        let (server, announced) = state.withLock { state in
            defer { (state.server, state.announced) = (nil, nil) }
            return (state.server, state.announced)
        }
        if let announced { folder.withdraw(announced) }
        await server?.stop(within: deadline - .now)
    }
}

extension HTTPAddress {
    /// TCP that only this machine reaches.
    fileprivate var isLoopback: Bool {
        guard case .tcp = self else { return false }
        return isLocal
    }
}
