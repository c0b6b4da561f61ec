internal import HearthProfile
internal import HearthStore
internal import Logging
internal import Synchronization

/// Keeps windows in a folder of this machine.
final class StoreExporter: ProfileExporter {
    private struct State {
        var writer: UncheckedWriter?
        var kept = 0
        var lost = 0
        var bytes = 0
        var lastComplaint: ContinuousClock.Instant?
    }

    /// Used by one thread at a time: `state` is locked while it works.
    private struct UncheckedWriter: @unchecked Sendable {
        let writer: StoreWriter
    }

    private let folder: String
    private let limits: StoreLimits
    private let logger: Logger
    private let state = Mutex(State())

    init(folder: String, limits: StoreLimits, logger: Logger) {
        self.folder = folder
        self.limits = limits
        self.logger = logger
    }

    var destination: String { "store in \(folder)" }

    var counts: [String: Int64] {
        state.withLock { ["kept": Int64($0.kept), "lost": Int64($0.lost), "bytes": Int64($0.bytes)] }
    }

    func export(_ window: ProfileWindow) {
        state.withLock { state in
            let process = StoredProcess(labels: window.process, startTime: window.processStartTime)
            let writer: StoreWriter
            if let open = state.writer?.writer, open.process == process {
                writer = open
            } else {
                // Other labels are another run in the store.
                state.writer?.writer.close()
                writer = StoreWriter(folder: folder, process: process, limits: limits)
                state.writer = UncheckedWriter(writer: writer)
            }
            do {
                let before = writer.statistics.bytes
                try writer.append(window.profile, workUnits: window.workUnits)
                state.kept += 1
                state.bytes += writer.statistics.bytes - before
            } catch {
                state.lost += 1
                complain(&state, "a profile window could not be kept: \(error); \(state.lost) lost so far")
            }
        }
    }

    func finish(by deadline: ContinuousClock.Instant) async {
        state.withLock { $0.writer?.writer.close() }
    }

    /// Once a minute at most: a full disk stays full.
    private func complain(_ state: inout State, _ text: String) {
        let now = ContinuousClock.now
        if let last = state.lastComplaint, now - last < .seconds(60) { return }
        state.lastComplaint = now
        logger.warning("\(text)")
    }
}
