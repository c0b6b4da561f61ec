import Synchronization

/// What a closure was asked for, in the order in which it was.
final class EvaluationLog<Item: Sendable>: Sendable {
    private let state = Mutex<[[Item]]>([])

    var batches: [[Item]] { state.withLock { $0 } }
    func record(_ items: [Item]) { state.withLock { $0.append(items) } }
}

/// Holds evaluations until the test lets them go on, one at a time or for good.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var entered = 0
    }

    private let state = Mutex(State())

    /// How many have come to the gate.
    var entered: Int { state.withLock { $0.entered } }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                state.entered += 1
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    /// Lets the first that waits go on.
    func letOneThrough() { state.withLock { $0.waiting.removeFirst() }.resume() }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// What is wrong with an item, or with all.
struct BadItem: Error, Equatable {
    let item: Int
}

struct Outage: Error, Equatable {}
