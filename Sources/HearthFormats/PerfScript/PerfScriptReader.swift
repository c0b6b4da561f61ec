internal import HearthProfile

/// Reads what `perf script` prints: a header line a sample, its frames leaf first, a blank line.
///
/// The columns are `samples`, and the period of every event that has one: `cpu` in nanoseconds for perf's clocks, the
/// event's own name for others. The thread's name is the label `thread`. Frames without a symbol are called after their
/// object, as in `[libc.so.6]`: without the process's map the address inside it is not known.
struct PerfScriptReader {
    private let bytes: [UInt8]
    private let limits: ReadLimits
    private(set) var notes = ReadNotes(format: .perfScript)

    private var profile: Profile
    /// The column of each event's period.
    private var columns: [String: Int] = [:]
    private var frames: [PerfScriptLine.Frame: FrameID] = [:]
    private var current: Current?

    private struct Current {
        var header: PerfScriptLine.Header
        var framesLeafFirst: [PerfScriptLine.Frame] = []
    }

    /// A file has a few events; a column for each of thousands would be an attack.
    private static let mostEvents = 64

    init(_ bytes: [UInt8], limits: ReadLimits) {
        self.bytes = bytes
        self.limits = limits
        var types: [ValueType] = [.samples]
        for header in Self.headers(bytes) where header.period != nil && columns[header.event] == nil {
            guard types.count <= Self.mostEvents else { break }
            let type = Self.type(event: header.event)
            let column = types.firstIndex(of: type) ?? types.count
            if column == types.count { types.append(type) }
            columns[header.event] = column
        }
        profile = Profile(sampleTypes: types, periodType: types.last ?? .samples)
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
                current = Current(header: header)
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

    private static func headers(_ bytes: [UInt8]) -> some Sequence<PerfScriptLine.Header> {
        Lines(bytes).lazy.filter { line in
            !line.range.isEmpty && bytes[line.range.lowerBound] != Ascii.tab
        }.compactMap { PerfScriptLine.header(bytes[$0.range].decodedText.text[...]) }
    }

    private static func type(event: String) -> ValueType {
        let name = String(event.prefix { $0 != ":" })
        if name == "cpu-clock" || name == "task-clock" { return .cpu }
        return ValueType(type: name.isEmpty ? "event" : name, unit: "count")
    }

    private mutating func finish() throws(ProfileReadError.Reason) {
        guard let current else { return }
        self.current = nil
        let depth = current.framesLeafFirst.count
        guard depth <= limits.stackDepth else {
            throw .stackTooDeep(limit: limits.stackDepth, sample: profile.samples.count)
        }
        var stack = StackID.empty
        for frame in current.framesLeafFirst.reversed() { stack = profile.push(intern(frame), on: stack) }
        guard profile.stacks.count <= limits.stacks else { throw .tooManyStacks(limit: limits.stacks) }
        var values = [Int64](repeating: 0, count: profile.sampleTypes.count)
        values[0] = 1
        if let period = current.header.period, let column = columns[current.header.event] { values[column] = period }
        let labels = profile.intern(labels: ["thread": .text(current.header.thread)])
        profile.add(Profile.Sample(stack: stack, labels: labels), values: values)
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
