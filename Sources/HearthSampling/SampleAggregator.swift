internal import CHearthSampler
internal import HearthLabels
internal import HearthProfile

/// Turns samples of the ring into rows of a profile. Used by the drain thread only.
struct SampleAggregator {
    private(set) var profile: Profile
    private(set) var samples: UInt64 = 0
    private(set) var cpuNanoseconds: UInt64 = 0
    private(set) var wallNanoseconds: UInt64 = 0
    private(set) var stackOverflow: UInt64 = 0
    private(set) var rowOverflow: UInt64 = 0
    private(set) var spansLost: UInt64 = 0

    private let times: SampledTime
    private let stackLimit: Int
    private var monotonicStart: UInt64
    private var configuration: SamplingConfiguration
    private var blockDuration: UInt64
    /// Frames by the recorded word, the bits of its kind included; for the modules of `generation`.
    private var frames: [UInt64: FrameID] = [:]
    private var generation = -1
    private var recent = RecentStacks()
    private var labelSets: [LabelKey: LabelSetID] = [:]
    private var spans = SpanLabels()
    private var threadNames: [UInt32: String] = [:]
    /// The last stack of the wall clock of each thread: what repeats are added to.
    private var lastOnWall: [UInt32: (stack: StackID, labels: LabelSetID)] = [:]

    private struct LabelKey: Hashable {
        var label: UInt64
        var thread: String
        var state: State?
    }

    private enum State: String {
        case running, waiting
    }

    /// About what the profile takes: a frame with its callers and its place in an index, a row with its values and the same.
    var byteCount: Int { profile.stacks.count * 48 + profile.samples.count * 96 }

    static let blockLimit: UInt64 = 600
    /// Rows that a profile keeps: about 10 MB. More are brought down by wider blocks, and when those do not help by
    /// giving up the labels of what comes.
    static let rowLimit = 100_000
    /// Rows up to which samples carry their spans. Each span is a row of its own, so they come first when rows are short.
    static let spanRowLimit = rowLimit / 2
    /// Threads whose names and last stacks are remembered.
    private static let threadLimit = 20_000

    /// - Parameters:
    ///   - startTime: nanoseconds since 1970.
    ///   - monotonicStart: the same moment on the monotonic clock.
    init(_ configuration: SamplingConfiguration, startTime: Int64, monotonicStart: UInt64) {
        self.configuration = configuration
        times = configuration.times
        stackLimit = configuration.stackLimit
        blockDuration = UInt64(max(configuration.blockDuration, 1_000_000))
        self.monotonicStart = monotonicStart
        profile = Profile(sampling: configuration)
        profile.startTime = startTime
        profile.blockDuration = configuration.blockDuration
    }

    /// What was taken so far, and begins anew.
    ///
    /// - Parameters:
    ///   - startTime: of the next profile, nanoseconds since 1970.
    ///   - monotonicStart: the same moment on the monotonic clock.
    mutating func cut(startTime: Int64, monotonicStart: UInt64) -> Profile {
        let taken = profile
        profile = Profile(sampling: configuration)
        profile.startTime = startTime
        blockDuration = UInt64(max(configuration.blockDuration, 1_000_000))
        profile.blockDuration = Int64(blockDuration)
        self.monotonicStart = monotonicStart
        frames = [:]
        recent = RecentStacks()
        labelSets = [:]
        // A thread that waits since before is not asked again where.
        lastOnWall = lastOnWall.mapValues { last in
            let stack = taken.stacks.framesLeafFirst(last.stack).reversed().reduce(StackID.empty) { stack, frame in
                let moved = taken.moved(taken.frame(frame), to: &profile)
                return profile.push(profile.intern(moved), on: stack)
            }
            return (stack, profile.intern(labels: taken.labels[last.labels]))
        }
        return taken
    }

    /// Where threads stood last: of each of them one sample, with its name and state.
    ///
    /// - Parameter threads: those that exist now.
    func census(of threads: Set<UInt32>) -> Profile {
        var census = Profile(sampleTypes: [.threads], periodType: .threads, period: 1)
        for (thread, last) in lastOnWall where threads.contains(thread) {
            let stack = profile.stacks.framesLeafFirst(last.stack).reversed().reduce(StackID.empty) { stack, frame in
                let moved = profile.moved(profile.frame(frame), to: &census)
                return census.push(census.intern(moved), on: stack)
            }
            let labels = census.intern(labels: profile.labels[last.labels])
            census.add(Profile.Sample(stack: stack, labels: labels), values: [1])
        }
        return census
    }

    /// Threads that have answered a census.
    var answered: Int { lastOnWall.count }

    /// Before and after a census, where the wall clock is off.
    mutating func forgetLastStacks() { lastOnWall = [:] }

    /// Other rates; a cut comes before, where profiles are cut.
    mutating func configure(_ configuration: SamplingConfiguration) {
        self.configuration = configuration
        if profile.isEmpty { profile.period = Profile(sampling: configuration).period }
    }

    /// Takes everything that is in the ring now.
    mutating func drain(modules: borrowing ModuleTable) {
        if generation != modules.generation {
            frames = [:]
            recent = RecentStacks()
            generation = modules.generation
        }
        guard unsafe hearth_ring_peek() != nil else { return }
        let scale = hearth_read_tick_scale()
        while let sample = unsafe hearth_ring_peek() {
            unsafe add(sample, scale, modules: modules)
            unsafe hearth_ring_release(sample)
        }
        spans.settle()
    }

    private mutating func add(
        _ sample: UnsafePointer<hearth_sample>, _ scale: hearth_tick_scale, modules: borrowing ModuleTable
    ) {
        let header = unsafe sample.pointee
        // Without the wall clock such a time is none: somebody has asked where all threads stand.
        let isCensus = header.wall_ns > 0 && !times.contains(.wall)
        if !isCensus { wallNanoseconds += header.wall_ns }
        if header.flags & UInt64(hearth_sample_repeat.rawValue) != 0 {
            let last =
                lastOnWall[header.thread]
                ?? (
                    profile.push(profile.intern(frameNamed: "[stack not kept]", kind: .marker), on: .empty),
                    labels(0, span: 0, thread: header.thread, state: .waiting)
                )
            // Told when it has passed: it belongs to the block in which it ends, most of it.
            let block = block(at: hearth_time_of_ticks(scale, scale.ticks))
            let row = Profile.Sample(stack: last.stack, labels: last.labels, block: block)
            return profile.add(row, values: values(samples: 0, cpu: 0, wall: header.wall_ns))
        }
        if header.flags & UInt64(hearth_sample_named.rawValue) != 0 {
            if threadNames.count >= Self.threadLimit { threadNames = [:] }
            threadNames[header.thread] = unsafe String(cString: hearth_sample_name(sample))
        }
        let stack = unsafe stack(of: sample, header, modules: modules)
        if isCensus {
            let state: State = header.flags & UInt64(hearth_sample_waiting.rawValue) != 0 ? .waiting : .running
            let label = header.label & ((1 << HEARTH_LABEL_BITS) - 1)
            let span = header.label >> HEARTH_LABEL_BITS
            lastOnWall[header.thread] = (stack, labels(label, span: span, thread: header.thread, state: state))
            if header.cpu_ns == 0 { return }
        }
        samples += 1
        cpuNanoseconds += header.cpu_ns
        let block = block(at: hearth_time_of_ticks(scale, header.ticks))
        // A thread that uses CPU time runs; the wall clock's own samples are of both kinds.
        let isWaiting = header.cpu_ns == 0 && header.flags & UInt64(hearth_sample_waiting.rawValue) != 0
        let state: State? = header.wall_ns == 0 || isCensus ? nil : isWaiting ? .waiting : .running
        var set = labels(
            header.label & ((1 << HEARTH_LABEL_BITS) - 1), span: header.label >> HEARTH_LABEL_BITS,
            thread: header.thread, state: state)
        if profile.samples.count >= Self.rowLimit {
            rowOverflow += 1
            set = profile.intern(labels: ["hearth": .text("too many labels")])
        }
        if header.wall_ns > 0, !isCensus {
            if lastOnWall.count >= Self.threadLimit { lastOnWall = [:] }
            lastOnWall[header.thread] = (stack, set)
        }
        let row = Profile.Sample(stack: stack, labels: set, block: block)
        // One stack is one sample; what it stands for in time are the other columns.
        profile.add(row, values: values(samples: 1, cpu: header.cpu_ns, wall: header.wall_ns))
    }

    private func values(samples: Int64, cpu: UInt64, wall: UInt64) -> [Int64] {
        var values = [samples]
        if times.contains(.cpu) { values.append(Int64(clamping: cpu)) }
        if times.contains(.wall) { values.append(Int64(clamping: wall)) }
        return values
    }

    private mutating func stack(
        of sample: UnsafePointer<hearth_sample>, _ header: hearth_sample, modules: borrowing ModuleTable
    ) -> StackID {
        let recorded = unsafe UnsafeBufferPointer(start: hearth_sample_frames(sample), count: Int(header.frame_count))
        let isIncomplete = header.flags & UInt64(hearth_sample_gave_up.rawValue) != 0
        let key = unsafe RecentStacks.Key(recorded, leafCount: Int(header.leaf_count), isIncomplete: isIncomplete)
        if let known = unsafe recent.find(key, recorded) { return known }
        if profile.stacks.count > stackLimit {
            stackOverflow += 1
            return profile.push(profile.intern(frameNamed: "[stack table full]", kind: .marker), on: .empty)
        }
        var stack = StackID.empty
        if isIncomplete {
            stack = profile.push(profile.intern(frameNamed: "[incomplete]", kind: .marker), on: stack)
        }
        for index in stride(from: recorded.count - 1, through: 0, by: -1) {
            if index + 1 == Int(header.leaf_count), header.leaf_count < header.frame_count {
                stack = profile.push(profile.intern(frameNamed: "[truncated]", kind: .marker), on: stack)
            }
            stack = profile.push(frame(unsafe recorded[index], modules: modules), on: stack)
        }
        unsafe recent.remember(key, recorded, stack)
        return stack
    }

    private mutating func frame(_ recorded: UInt64, modules: borrowing ModuleTable) -> FrameID {
        if let known = frames[recorded] { return known }
        let address = CodeAddress(recorded: recorded).lookup
        let new: FrameID
        if let image = modules.image(at: address) {
            let id = profile.intern(image)
            new = profile.intern(Frame(name: .empty, image: id, address: address &- image.bias))
        } else {
            new = profile.intern(Frame(name: .empty, address: address))
        }
        frames[recorded] = new
        return new
    }

    private mutating func labels(_ label: UInt64, span: UInt64, thread: UInt32, state: State?) -> LabelSetID {
        let key = LabelKey(label: label, thread: threadNames[thread] ?? "", state: state)
        let plain: LabelSetID
        if let known = labelSets[key] {
            plain = known
        } else {
            var set = LabelRegistry.labels(label).mapValues { LabelValue.text($0) }
            if set["thread"] == nil, !key.thread.isEmpty { set["thread"] = .text(key.thread) }
            if let state { set["state"] = .text(state.rawValue) }
            plain = profile.intern(labels: set)
            labelSets[key] = plain
        }
        guard span != 0 else { return plain }
        guard let ids = spans.labels(span), profile.samples.count < Self.spanRowLimit else {
            spansLost += 1
            return plain
        }
        // What a scope says explicitly stands over what its span says.
        return profile.intern(labels: profile.labels[plain].merging(ids) { own, _ in own })
    }

    private mutating func block(at time: UInt64) -> UInt32 {
        let elapsed = time > monotonicStart ? time - monotonicStart : 0
        while elapsed / blockDuration >= Self.blockLimit
            || (profile.samples.count >= Self.rowLimit && elapsed / blockDuration > 0)
        {
            blockDuration *= 2
            profile = profile.mapSamples { sample, _ in
                var wider = sample
                wider.block = sample.block.map { $0 / 2 }
                return wider
            }
            profile.blockDuration = Int64(blockDuration)
        }
        return UInt32(elapsed / blockDuration)
    }
}

extension Profile {
    /// Empty, with the columns that this configuration fills.
    init(sampling configuration: SamplingConfiguration) {
        var types = [ValueType.samples]
        if configuration.times.contains(.cpu) { types.append(.cpu) }
        if configuration.times.contains(.wall) { types.append(.wall) }
        let takesCPU = configuration.times.contains(.cpu)
        self.init(
            sampleTypes: types, defaultSampleType: 1, periodType: takesCPU ? .cpu : .wall,
            period: takesCPU ? configuration.period : configuration.wallPeriod)
    }
}
