internal import HearthProfile

/// Reads what `perf script` prints: a header line a sample, its frames leaf first, a blank line.
///
/// The columns are `samples` and the events, see ``PerfScriptEvents``: `cpu` in nanoseconds for perf's clocks, the event's
/// own name for others. The thread's name is the label `thread`; samples whose time is printed are in blocks of a second,
/// counted from the first. Frames without a symbol are called after their
/// object, as in `[libc.so.6]`: without the process's map the address inside it is not known.
struct PerfScriptReader {
    private let bytes: [UInt8]
    private var order: SampleOrder
    private let limits: ReadLimits
    private(set) var notes = ReadNotes(format: .perfScript)

    private var profile: Profile
    private let events: PerfScriptEvents
    private let start: Int64
    private static let blockDuration: Int64 = 1_000_000_000
    private var frames: [PerfScriptLine.Frame: FrameID] = [:]
    private var current: Current?

    private struct Current {
        var header: PerfScriptLine.Header
        var line: Int
        var framesLeafFirst: [PerfScriptLine.Frame] = []
    }

    init(_ bytes: [UInt8], limits: ReadLimits, order: SampleOrder = SampleOrder(isKept: false)) {
        self.bytes = bytes
        self.order = order
        self.limits = limits
        let survey = Self.survey(bytes)
        events = PerfScriptEvents(survey)
        start = survey.times?.lowerBound ?? 0
        profile = Profile(
            sampleTypes: events.types, defaultSampleType: events.defaultType,
            periodType: events.types[events.defaultType > 0 ? events.defaultType : events.types.count - 1],
            duration: survey.times.map { saturatingDifference($0.upperBound, $0.lowerBound) } ?? 0,
            blockDuration: order.duration(survey.times == nil ? 0 : Self.blockDuration))
    }

    /// The profile. O(bytes).
    mutating func read() throws(ProfileReadError.Reason) -> Profile {
        for line in Lines(bytes) {
            let content = bytes[line.range]
            if content.allSatisfy(Ascii.isBlank) {
                try finish()
                continue
            }
            if content.first == Ascii.hash { continue }
            let (text, isValid) = content.decodedText
            if !isValid { notes.invalidUTF8 += 1 }
            if current != nil, Ascii.isBlank(bytes[line.range.lowerBound]) {
                if let frame = PerfScriptLine.frame(text[...]) {
                    current?.framesLeafFirst.append(frame)
                } else {
                    notes.addMalformed(line: line.number, content)
                }
            } else if let header = PerfScriptLine.header(text[...]) {
                try finish()
                current = Current(header: header, line: line.number)
                if !events.knows(header.event) {
                    notes.addMalformed(
                        line: line.number, content, problem: "there are more than \(PerfScriptEvents.mostEvents) events"
                    )
                }
                // Printed without call chains a sample is one line, and the next may be indented as well.
                if let frame = header.frame {
                    current?.framesLeafFirst = [frame]
                    try finish()
                }
            } else {
                notes.addMalformed(line: line.number, content)
            }
        }
        try finish()
        if profile.isEmpty, let first = notes.firstMalformedLine {
            throw .noUsableLine(format: .perfScript, first: first)
        }
        return profile
    }

    /// Whether some header is followed by a frame, as in no other text format.
    static func looksLikePerfScript(_ bytes: [UInt8]) -> Bool {
        var followsHeader = false
        for line in Lines(bytes) {
            let content = bytes[line.range]
            if content.first == Ascii.hash || content.allSatisfy(Ascii.isBlank) { continue }
            let text = content.decodedText.text[...]
            if followsHeader, Ascii.isBlank(bytes[line.range.lowerBound]), PerfScriptLine.frame(text) != nil {
                return true
            }
            let header = PerfScriptLine.header(text)
            if header?.frame != nil { return true }
            followsHeader = header != nil
        }
        return false
    }

    /// Whether the indented lines, two at least, are frames all of them: printed by `perf script`, if not with what it takes
    /// to read them.
    static func looksLikeFrames(_ bytes: [UInt8]) -> Bool {
        var frames = 0
        for line in Lines(bytes) where !line.range.isEmpty && Ascii.isBlank(bytes[line.range.lowerBound]) {
            let content = bytes[line.range].drop(while: Ascii.isBlank)
            if content.isEmpty { continue }
            // `added` and `facade` are hexadecimal, too.
            guard content.prefix(while: Ascii.isHexadecimal).count >= 5,
                PerfScriptLine.frame(content.decodedText.text[...]) != nil
            else { return false }
            if content.prefix(while: { $0 != Ascii.space }).contains(where: Ascii.isDigit) { frames += 1 }
        }
        return frames >= 2
    }

    /// The events of the headers that `read` will meet.
    private static func survey(_ bytes: [UInt8]) -> PerfScriptEvents.Survey {
        var survey = PerfScriptEvents.Survey()
        var isInSample = false
        for line in Lines(bytes) {
            let content = bytes[line.range]
            if content.allSatisfy(Ascii.isBlank) {
                isInSample = false
                continue
            }
            if content.first == Ascii.hash || isInSample && Ascii.isBlank(bytes[line.range.lowerBound]) { continue }
            guard let header = PerfScriptLine.header(content.decodedText.text[...]) else { continue }
            survey.add(header)
            isInSample = header.frame == nil
        }
        return survey
    }

    private mutating func finish() throws(ProfileReadError.Reason) {
        guard let current else { return }
        self.current = nil
        guard events.knows(current.header.event) else { return }
        guard current.framesLeafFirst.count <= limits.stackDepth else {
            throw .stackTooDeep(limit: limits.stackDepth, place: .line(current.line))
        }
        var stack = StackID.empty
        var caller: PerfScriptLine.Frame?
        for var frame in current.framesLeafFirst.reversed() {
            // It is printed without its object, which is that of the frame that it is inlined into.
            if frame.isInlined, let caller, caller.address == frame.address { frame.object = caller.object }
            stack = profile.push(intern(frame), on: stack)
            caller = frame
        }
        let labels = profile.intern(labels: ["thread": .text(current.header.thread)])
        let block = current.header.time.map {
            UInt32(clamping: saturatingDifference($0, start) / Self.blockDuration)
        }
        profile.add(
            Profile.Sample(stack: stack, labels: labels, block: order.block(block)),
            values: events.values(current.header))
        try limits.check(profile)
    }

    private mutating func intern(_ frame: PerfScriptLine.Frame) -> FrameID {
        if let known = frames[frame] { return known }
        let image = frame.object.isEmpty ? nil : profile.intern(Image(path: frame.object))
        let fallback = image.map { Self.bracketed(profile.image($0).name) } ?? "[unknown]"
        let name = profile.intern(frame.symbol.isEmpty ? fallback : frame.symbol)
        let id = profile.intern(
            Frame(name: name, image: image, address: frame.address, kind: frame.isInlined ? .inlined : .function))
        frames[frame] = id
        return id
    }

    private static func bracketed(_ name: String) -> String { name.hasPrefix("[") ? name : "[\(name)]" }
}
