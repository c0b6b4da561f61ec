/// What became of what was to be pushed. A push is one request: a window is one for each kind of profile in it, more where it
/// is large.
package struct ExportStatistics: Hashable, Sendable {
    /// Why a push was lost.
    package enum Loss: String, Hashable, CaseIterable, Sendable {
        /// The receiver refused it.
        case refused
        /// The receiver failed at it ten times while it took others.
        case poison
        /// More waited than the spool may hold: the oldest.
        case spoolFull = "spool_full"
        /// More waited than memory may hold, where there was no spool: the oldest.
        case memoryFull = "memory_full"
        /// Its file in the spool was damaged, or gone.
        case damaged
        /// It could not be written as pprof.
        case unencodable
    }

    /// Pushes that the receiver took, and the bytes of them.
    package var sent = 0
    package var bytes = 0
    /// Tries beyond the first.
    package var retried = 0
    /// Pushes written to the spool, and found there at the start.
    package var spooled = 0
    package var recovered = 0
    package var lost: [Loss: Int] = [:]
    /// Labels left out because a series has thirty at most.
    package var labelsLeftOut = 0
    /// What waits now: pushes, those of them in files, and the bytes of these.
    package var waiting = 0
    package var spoolFiles = 0
    package var spoolBytes = 0

    package var lostInAll: Int { lost.values.reduce(0, +) }
}
