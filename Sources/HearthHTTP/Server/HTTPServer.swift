internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// An HTTP/1 server on one address, with limits. It changes nothing else in the process. Thread-safe.
///
/// A handler gets requests whole, each in a task of its own that is cancelled when nobody waits for the response: the client
/// went, the time is up, the server stops. What it throws becomes 500 without details.
package final class HTTPServer: Sendable {
    package typealias Handler = @Sendable (HTTPServerRequest) async throws -> HTTPResponse

    /// Where it listens, with the port that port 0 became.
    package let address: HTTPAddress
    private let listener: HTTPListener

    package var statistics: HTTPServerStatistics { listener.connections.statistics }

    private init(address: HTTPAddress, listener: HTTPListener) {
        self.address = address
        self.listener = listener
    }

    /// Listens, and returns when connections are taken. A Unix socket gets mode 0600, folders that are made for it 0700.
    ///
    /// - Parameters:
    ///   - admission: is asked before a body is read; without it every request is let in.
    ///   - loops: whose threads carry the connections; without it the server has one of its own.
    package static func start(
        _ address: HTTPAddress, limits: HTTPServerLimits = HTTPServerLimits(), admission: HTTPAdmission? = nil,
        loops: HTTPEventLoops? = nil, handler: @escaping Handler
    ) async throws(HTTPServerError) -> HTTPServer {
        var file: UnixSocketFile?
        if case .unix(let path) = address { file = try UnixSocketFile(path: path) }
        let listener = HTTPListener(limits: limits, admission: admission, loops: loops, handler: handler)
        var bound = address
        do {
            let port = try await listener.listen(on: address, bindingPath: file?.bindingPath)
            if case .tcp(let host, _) = address, let port { bound = .tcp(host: host, port: port) }
            try file?.publish()
        } catch {
            file?.abandon()
            await listener.stop(within: .zero)
            throw HTTPServerError(error, address)
        }
        listener.file.withLock { $0 = file }
        return HTTPServer(address: bound, listener: listener)
    }

    /// Takes no more connections, lets requests that run finish for as long as that, then cancels them and closes what is
    /// open. Removes the socket file. Handlers that go on when they are cancelled are not waited for.
    package func stop(within time: Duration = .seconds(5)) async { await listener.stop(within: time) }
}

extension HTTPServerError {
    fileprivate init(_ error: any Error, _ address: HTTPAddress) {
        switch error {
        case let error as HTTPServerError: self = error
        case let error as IOError: self.init(code: error.errnoCode, address)
        case is SocketAddressError, is SocketAddressError.UnknownHost: self.init(.addressNotHere, address)
        default: self.init(.failed("\(error)"), address)
        }
    }
}
