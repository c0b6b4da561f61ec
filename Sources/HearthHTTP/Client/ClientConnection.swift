internal import NIOCore
internal import NIOPosix

/// A connection from its making to its end, whoever ends it: the response, the clock, or the cancelled task.
final class ClientConnection: Sendable {
    private let loop: any EventLoop
    private let answer: EventLoopPromise<HTTPResponse>
    /// Everything that changes, on the loop.
    private let state: NIOLoopBoundBox<State>

    private struct State {
        var channel: (any Channel)?
        var deadline: Scheduled<Void>?
        var hasEnded = false
    }

    init(loop: any EventLoop, answer: EventLoopPromise<HTTPResponse>) {
        self.loop = loop
        self.answer = answer
        state = NIOLoopBoundBox.makeBoxSendingValue(State(), eventLoop: loop)
    }

    /// Connects; the exchange in the channel's pipeline does the rest.
    func run(_ bootstrap: ClientBootstrap, to address: HTTPAddress, within time: TimeAmount) {
        loop.execute { [self] in
            guard !state.value.hasEnded else { return }
            state.value.deadline = loop.scheduleTask(in: time) { self.end(ExchangeFailure.timedOut) }
            // Whatever settles the answer ends the connection.
            answer.futureResult.whenComplete { _ in self.close() }
        }
        let connecting =
            switch address {
            case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
            case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        connecting.whenComplete { [self] result in
            switch result {
            case .success(let channel):
                state.value.channel = channel
                if state.value.hasEnded { channel.close(promise: nil) }
            case .failure(let error): answer.fail(error)
            }
        }
    }

    /// Fails the answer unless there is one. From any thread.
    func end(_ failure: ExchangeFailure) {
        loop.execute { [self] in
            // An answer that is there already stays.
            answer.fail(failure)
            close()
        }
    }

    private func close() {
        state.value.hasEnded = true
        state.value.deadline?.cancel()
        state.value.channel?.close(promise: nil)
    }
}
