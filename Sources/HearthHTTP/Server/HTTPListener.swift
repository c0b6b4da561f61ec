internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// Hummingbird's server and the task that runs it. Thread-safe.
final class HTTPListener: Sendable {
    let connections: ServerConnections
    let file = Mutex<UnixSocketFile?>(nil)
    private let limits: HTTPServerLimits
    private let admission: HTTPAdmission?
    private let handler: HTTPServer.Handler
    private let loops: HTTPEventLoops
    private let ownsLoops: Bool
    private let running = Mutex<Running?>(nil)

    private struct Running {
        var server: Server<HTTP1Channel>
        var task: Task<Void, Never>
    }

    init(
        limits: HTTPServerLimits, admission: HTTPAdmission?, loops: HTTPEventLoops?,
        handler: @escaping HTTPServer.Handler
    ) {
        self.limits = limits
        self.admission = admission
        self.handler = handler
        self.loops = loops ?? HTTPEventLoops()
        ownsLoops = loops == nil
        connections = ServerConnections(limit: limits.connections)
    }

    /// Returns the port, where there is one.
    ///
    /// - Parameter bindingPath: where a Unix socket is bound at first.
    func listen(on address: HTTPAddress, bindingPath: String?) async throws -> Int? {
        guard let group = loops.group() else { throw HTTPServerError(.shutDown, address) }
        let bind: BindAddress =
            switch address {
            case .tcp(let host, let port): .hostname(host, port: port)
            case .unix(let path): .unixDomainSocket(path: bindingPath ?? path)
            }
        let (started, start) = AsyncThrowingStream<Int?, any Error>.makeStream()
        let server = Server(
            childChannelSetup: channelSetup(), configuration: ServerConfiguration(address: bind),
            onServerRunning: { channel in
                start.yield(channel.localAddress?.port)
                start.finish()
            },
            eventLoopGroup: group, logger: Logger(label: "hearth.http") { _ in SwiftLogNoOpLogHandler() })
        let task = Task.detached {
            do { try await server.run() } catch { start.finish(throwing: error) }
            start.finish()
        }
        running.withLock { $0 = Running(server: server, task: task) }
        for try await port in started { return port }
        throw HTTPServerError(.failed("it ended at once"), address)
    }

    private func channelSetup() -> HTTP1Channel {
        let responder = HTTPResponder(
            limits: limits, connections: connections, admission: admission, handler: handler)
        return HTTP1Channel(
            responder: { try await responder.respond($0, $1, $2) },
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [ConnectionGuard(limits: self.limits, connections: self.connections)],
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.headerSize, maxHeaderListSize: limits.headerSize,
                    maxHeaderFieldCount: 256)))
    }

    func stop(within time: Duration) async {
        let running = running.withLock { running in
            defer { running = nil }
            return running
        }
        file.withLock { file in
            file?.remove()
            file = nil
        }
        guard let running else { return await endLoops() }
        await withTaskGroup { group in
            group.addTask {
                // Stops listening and closes idle connections at once; returns when the others are closed.
                try? await running.server.shutdownGracefully()
            }
            group.addTask { try? await Task.sleep(for: time) }
            await group.next()
            connections.closeAll()
            group.cancelAll()
        }
        running.task.cancel()
        await endLoops(after: running.task)
    }

    /// The threads outlive a handler that goes on when it is cancelled: its connection still needs them to end. It is not
    /// waited for much longer than others need.
    private func endLoops(after task: Task<Void, Never>) async {
        let (ended, end) = AsyncStream<Void>.makeStream()
        Task.detached { [self] in
            await task.value
            await endLoops()
            end.finish()
        }
        await withTaskGroup { group in
            group.addTask { for await _ in ended {} }
            group.addTask { try? await Task.sleep(for: .seconds(1)) }
            await group.next()
            group.cancelAll()
        }
    }

    private func endLoops() async { if ownsLoops { await loops.shutDown() } }
}
