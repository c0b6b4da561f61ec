internal import HearthFiles
public import HearthProfile

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Keeps the windows of one process in a folder, for as long and as many as its limits say.
///
/// ```swift
/// let writer = StoreWriter(folder: "/var/lib/hearth", process: StoredProcess(service: "recommender", version: "1.4"))
/// try writer.append(window)
/// ```
/// A window that was appended stays, whatever happens to the process then; what a crash or a full disk interrupts is that
/// window's loss alone. Several processes may write to one folder, each has segments of its own.
///
/// Not thread-safe: it belongs to one thread at a time. It touches the disk only in ``append(_:workUnits:)`` and
/// ``close()``, and blocks there.
public final class StoreWriter {
    /// What has been done since the writer was made.
    public struct Statistics: Hashable, Sendable {
        public var windows = 0
        /// Windows that could not be appended.
        public var lostWindows = 0
        /// Bytes of the windows that were appended.
        public var bytes = 0
        /// Segments begun.
        public var segments = 0
        /// Segments removed for the limits, whoever wrote them.
        public var removedSegments = 0
        /// Segments of processes that died, closed in their place.
        public var recoveredSegments = 0
    }

    public let process: StoredProcess
    public let limits: StoreLimits
    public private(set) var statistics = Statistics()

    private let folder: StoreFolder
    private let run = UInt64.random(in: .min ... .max)
    private let pid = getpid()
    private let now: () -> Int64
    private var segment: OpenSegment?
    private var sequence: UInt64 = 0
    /// Segments that may be a dead writer's; one is looked at with each window.
    private var candidates: [SegmentName] = []
    /// Bytes of the store as the last look at the folder found them, with what was appended since.
    private var knownBytes = 0
    private var windowsSinceLook = 0

    /// Windows between two looks at the folder: other processes write there too, and time passes.
    private static let windowsPerLook = 30

    /// Does not touch the disk: a folder that is missing is made with the first window, and again when it is gone.
    public convenience init(folder: String, process: StoredProcess, limits: StoreLimits = StoreLimits()) {
        self.init(folder: folder, process: process, limits: limits, now: wallClock)
    }

    /// - Parameter now: nanoseconds since 1970.
    package init(folder: String, process: StoredProcess, limits: StoreLimits, now: @escaping () -> Int64) {
        self.folder = StoreFolder(path: folder)
        self.process = process
        self.limits = limits
        self.now = now
    }

    deinit { close() }

    /// Appends the samples of a window. When it returns, the window is in the file and, unless the limits say otherwise, on
    /// the disk. When it throws, the window is lost and counted as such, and the next may well be taken: nothing has to be
    /// done but to go on.
    ///
    /// O(rows × log rows + what is new of strings, frames and stacks).
    ///
    /// - Parameters:
    ///   - profile: with `startTime` and `duration`; blocks and labels are kept.
    ///   - workUnits: what the process has done in the window, if it counts that.
    public func append(_ profile: Profile, workUnits: Int64? = nil) throws(StoreError) {
        guard getpid() == pid else { throw .forked }
        defer { sequence += 1 }
        do throws(StoreError) {
            let size = try write(profile, workUnits)
            statistics.windows += 1
            statistics.bytes += size
        } catch {
            statistics.lostWindows += 1
            throw error
        }
    }

    /// Closes the segment, which readers then read faster. A window may be appended all the same.
    public func close() {
        guard getpid() == pid else { return }
        segment?.close()
        segment = nil
    }

    // MARK: Writing

    private func write(_ profile: Profile, _ workUnits: Int64?) throws(StoreError) -> Int {
        guard profile.sampleTypes.count <= StoreFormat.columnLimit else {
            throw .tooManySampleTypes(profile.sampleTypes.count, limit: StoreFormat.columnLimit)
        }
        if let open = segment, mustLeave(open, profile) { close() }
        if segment == nil {
            segment = try begin(profile.sampleTypes)
            statistics.segments += 1
        }
        recoverOne()
        guard let record = try makeRecord(profile, workUnits) else { return 0 }
        windowsSinceLook += 1
        if windowsSinceLook >= Self.windowsPerLook || knownBytes + record.size > limits.bytes {
            enforceLimits(adding: record.size)
        }
        do throws(FileError) {
            try segment?.append(record, profile)
        } catch {
            // The disk may be full of our own segments, and others may have grown since the last look.
            enforceLimits(adding: record.size)
            throw .file(error)
        }
        knownBytes += record.size
        if limits.synchronizesWindows { try synchronize() }
        return record.size
    }

    private func mustLeave(_ open: OpenSegment, _ profile: Profile) -> Bool {
        open.isFull(limits) || open.sampleTypes != profile.sampleTypes
            || !open.isAt(folder.path(of: open.name), in: folder)
    }

    private func makeRecord(_ profile: Profile, _ workUnits: Int64?) throws(StoreError) -> OpenSegment.Record? {
        do throws(StoreError) {
            return try segment?.record(profile, sequence: sequence, workUnits: workUnits)
        } catch {
            // Its tables are in memory now, and would make the next window too large as well.
            close()
            throw error
        }
    }

    private func synchronize() throws(StoreError) {
        do throws(FileError) {
            try segment?.file.synchronize()
        } catch {
            // What is on the disk now nobody knows, and the system forgets that it failed: another file is begun.
            segment?.file.close()
            segment = nil
            throw .file(error)
        }
    }

    // MARK: Segments

    private func begin(_ sampleTypes: [ValueType]) throws(StoreError) -> OpenSegment {
        do throws(FileError) {
            try folder.make()
            removePartialFiles()
            let names = try folder.segments()
            candidates = names
            enforceLimits(adding: 0)
            let header = ProcessRecord(process: process, run: run, sampleTypes: sampleTypes)
            var number = (names.last?.number ?? 0) + 1
            // Somebody who tidies up may take the file away before it is locked.
            for _ in 0..<8 {
                if let new = try create(SegmentName(number: number, run: run), header) { return new }
                number += 1
            }
            throw FileError(.create, path: folder.path, code: EBUSY)
        } catch {
            throw .file(error)
        }
    }

    /// A file gets its name when its header is in it: readers never see one without. Nil where it was taken away.
    private func create(_ name: SegmentName, _ header: ProcessRecord) throws(FileError) -> OpenSegment? {
        let path = folder.path(of: name)
        let partial = path + SegmentName.partialSuffix
        let file = try SegmentFile.create(partial)
        guard file.tryLock() else { return nil }
        do throws(FileError) {
            let segment = try OpenSegment(file, name: name, header: header)
            try folder.rename(partial, to: path)
            folder.synchronize()
            knownBytes += StoreLimits.smallestCount
            return segment
        } catch {
            _ = folder.remove(partial)
            if error.isMissing { return nil }
            throw error
        }
    }

    private func removePartialFiles() {
        for file in (try? folder.partialFiles()) ?? [] {
            let path = "\(folder.path)/\(file)"
            if let open = try? SegmentFile.openForWriting(path), open.tryLock() {
                _ = folder.remove(path)
                open.close()
            }
        }
    }

    /// Closes at most one segment of a process that died: a start shall not take long because there are many.
    private func recoverOne() {
        while let name = candidates.popLast() {
            guard name != segment?.name, var dead = DeadSegment(folder.path(of: name)) else { continue }
            if dead.close() { statistics.recoveredSegments += 1 }
            return
        }
    }

    // MARK: Limits

    /// Removes the oldest segments while the store is too large with `bytes` more, and those that are too old.
    private func enforceLimits(adding bytes: Int) {
        windowsSinceLook = 0
        guard let entries = try? folder.entries() else { return }
        let age = limits.age.nanoseconds
        let expired = Set(Retention.expired(entries.map(\.status.modified), now: now(), age: age))
        knownBytes = entries.reduce(0) { $0 + Retention.size($1) }
        var tooOld = Retention.removals(of: entries.count)
        for (index, entry) in entries.enumerated() {
            let isTooMuch = knownBytes + bytes > limits.bytes
            guard isTooMuch || (tooOld > 0 && expired.contains(index)), remove(entry) else { continue }
            if !isTooMuch { tooOld -= 1 }
            knownBytes -= Retention.size(entry)
            statistics.removedSegments += 1
        }
    }

    /// Removes a segment unless it is being written, here or elsewhere.
    private func remove(_ entry: StoreFolder.Entry) -> Bool {
        let path = folder.path(of: entry.name)
        guard entry.name != segment?.name, let file = try? SegmentFile.openForWriting(path), file.tryLock() else {
            return false
        }
        defer { file.close() }
        return folder.remove(path)
    }
}

extension Duration {
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : saturatingSum(whole, attoseconds / 1_000_000_000)
    }
}

private func wallClock() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
