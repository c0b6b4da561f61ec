internal import HearthProfile

/// Reads speedscope's sampled and evented profiles.
///
/// In a file of Hearth's each profile says which sample type it is, and of which part of the samples. In others they are
/// mostly threads, so those of one unit become one sample type, told apart by the label `thread`.
struct SpeedscopeReader {
    /// Every sample has a value in each column: thousands of columns would be an attack.
    private static let mostColumns = 64

    private let index: SpeedscopeIndex
    private let limits: ReadLimits
    private var profile: Profile
    private var frames: [FrameID] = []
    private var order: SampleOrder
    private var columns: [ValueType] = []
    private var scales: [DecimalScale] = []

    private typealias Part = SpeedscopeIndex.Part
    private typealias Reason = ProfileReadError.Reason

    init(
        _ bytes: [UInt8], limits: ReadLimits, order: SampleOrder = SampleOrder(isKept: false)
    ) throws(ProfileReadError.Reason) {
        self.order = order
        self.limits = limits
        index = try SpeedscopeIndex(bytes)
        profile = Profile(sampleTypes: [.samples])
    }

    /// The profile. O(bytes).
    mutating func read() throws(ProfileReadError.Reason) -> Profile {
        guard let shared = index.shared else { throw .badSpeedscope("\"shared\" is missing", place: "", byte: 0) }
        guard let list = index.frames else {
            throw .badSpeedscope("\"frames\" is missing", place: "shared", byte: shared)
        }
        guard !index.parts.isEmpty else { throw .badSpeedscope("there is no profile", place: "profiles", byte: 0) }
        for part in index.parts where !columns.contains(Self.type(part)) {
            guard columns.count < Self.mostColumns else {
                throw .badSpeedscope(
                    "there are more than \(Self.mostColumns) sample types", place: "profiles", byte: part.byte)
            }
            columns.append(Self.type(part))
        }
        let shown = index.activePart.flatMap { number in
            index.parts.indices.contains(number) ? columns.firstIndex(of: Self.type(index.parts[number])) : nil
        }
        for column in columns { scales.append(try scale(column)) }
        profile = Profile(
            sampleTypes: zip(scales, columns).map { $0.scaled($1) }, defaultSampleType: shown ?? 0,
            periodType: columns[shown ?? 0])
        try readFrames(list)
        let threads = Set(index.parts.map(\.name)).count > 1
        for (number, part) in index.parts.enumerated() {
            guard let column = columns.firstIndex(of: Self.type(part)) else { continue }
            var labels: [String: LabelValue] = [:]
            if let (key, value) = part.ownLabel {
                labels[key] = .text(value)
            } else if threads, part.ownType == nil {
                labels["thread"] = .text(part.name)
            }
            let target = Target(
                place: "profiles[\(number)]", column: column, labels: profile.intern(labels: labels),
                factor: factor(part, column))
            switch part.type {
            case "sampled": try addSamples(part, target)
            case "evented": try addEvents(part, target)
            default: throw .badSpeedscope("type \"\(part.type)\" is not known", place: target.place, byte: part.byte)
            }
        }
        return profile
    }

    private static func type(_ part: Part) -> ValueType {
        part.ownType ?? SpeedscopeConventions.type(ofUnit: part.unit)
    }

    // MARK: Scales

    /// The scale in which every weight of a column is whole, as far as six digits reach. Hearth's own units say it, and times
    /// and bytes need none.
    private func scale(_ column: ValueType) throws(ProfileReadError.Reason) -> DecimalScale {
        guard column.unit == "count" else { return DecimalScale(digits: 0) }
        var digits = 0
        for part in index.parts where Self.type(part) == column {
            if var list = part.type == "evented" ? part.events : part.weights {
                try list.openArray()
                while try list.nextElement() {
                    let number = part.type == "evented" ? try Self.event(&list).at : try list.number()
                    digits = max(digits, Self.digits(number, atLeast: digits))
                }
            }
        }
        return DecimalScale(digits: digits)
    }

    private static func digits(_ number: JSONNumber, atLeast least: Int) -> Int {
        guard case .real(let number) = number else { return 0 }
        return (least..<DecimalScale.mostDigits).first { digits in
            let scaled = number * Double(DecimalScale(digits: digits).factor)
            return abs(scaled.rounded() - scaled) < 1e-9 * max(1, abs(number))
        } ?? DecimalScale.mostDigits
    }

    /// What a weight of a profile is to be multiplied by.
    private func factor(_ part: Part, _ column: Int) -> Int64 {
        if let own = part.ownType { return DecimalScale(of: own).factor }
        return SpeedscopeConventions.unit(of: part.unit).factor * scales[column].factor
    }

    // MARK: Frames

    private mutating func readFrames(_ list: JSONCursor) throws(ProfileReadError.Reason) {
        var list = list
        try list.openArray()
        while try list.nextElement() {
            frames.append(try frame(&list))
            try limits.check(profile)
        }
    }

    private mutating func frame(_ cursor: inout JSONCursor) throws(ProfileReadError.Reason) -> FrameID {
        let start = cursor.offset
        var name: String?
        var file = ""
        var line: UInt32 = 0
        try cursor.openObject()
        while let member = try cursor.nextMember() {
            switch member {
            case "name": name = try cursor.string()
            case "file": if !cursor.takeNull() { file = try cursor.string() }
            case "line": if !cursor.takeNull() { line = UInt32(exactly: try cursor.number().double.rounded()) ?? 0 }
            default: try cursor.skip()
            }
        }
        guard let name else {
            throw .badSpeedscope("\"name\" is missing", place: "shared.frames[\(frames.count)]", byte: start)
        }
        let nameID = profile.intern(name.isEmpty ? "(anonymous)" : name)
        let fileID = profile.intern(file)
        return profile.intern(Frame(name: nameID, file: fileID, line: line))
    }

    // MARK: Samples

    /// Where the samples of a profile go.
    private struct Target {
        /// `profiles[3]`.
        var place: String
        var column: Int
        var labels: LabelSetID
        var factor: Int64
    }

    private mutating func addSamples(_ part: Part, _ target: Target) throws(ProfileReadError.Reason) {
        guard var samples = part.samples, var weights = part.weights else {
            throw .badSpeedscope("samples and weights are expected", place: target.place, byte: part.byte)
        }
        try samples.openArray()
        try weights.openArray()
        var row = 0
        while true {
            let (hasSample, hasWeight) = (try samples.nextElement(), try weights.nextElement())
            guard hasSample == hasWeight else {
                throw .badSpeedscope("as many weights as samples are expected", place: target.place, byte: part.byte)
            }
            guard hasSample else { return }
            let stack = try stack(&samples, row, target)
            try add(stack, weights.number(), target)
            row += 1
        }
    }

    private mutating func stack(
        _ cursor: inout JSONCursor, _ row: Int, _ target: Target
    ) throws(ProfileReadError.Reason) -> StackID {
        var stack = StackID.empty
        var depth = 0
        try cursor.openArray()
        while try cursor.nextElement() {
            depth += 1
            guard depth <= limits.stackDepth else {
                throw .stackTooDeep(limit: limits.stackDepth, place: .byte(cursor.offset))
            }
            stack = try push(&cursor, on: stack) { "\(target.place).samples[\(row)]" }
        }
        return stack
    }

    private struct Event {
        var type = ""
        var at = JSONNumber.whole(0)
        var frame: JSONCursor?
        var byte: Int
    }

    /// A frame is entered (`O`) or left (`C`) at a time.
    private static func event(_ cursor: inout JSONCursor) throws(ProfileReadError.Reason) -> Event {
        var event = Event(byte: cursor.offset)
        try cursor.openObject()
        while let name = try cursor.nextMember() {
            switch name {
            case "type": event.type = try cursor.string()
            case "at": event.at = try cursor.number()
            case "frame":
                event.frame = cursor
                try cursor.skip()
            default: try cursor.skip()
            }
        }
        return event
    }

    private mutating func addEvents(_ part: Part, _ target: Target) throws(ProfileReadError.Reason) {
        guard var list = part.events else {
            throw .badSpeedscope("events are expected", place: target.place, byte: part.byte)
        }
        var stack = StackID.empty
        var depth = 0
        var last = part.start
        var row = -1
        try list.openArray()
        while try list.nextElement() {
            row += 1
            let event = try Self.event(&list)
            func fault(_ what: String) -> ProfileReadError.Reason {
                .badSpeedscope(what, place: "\(target.place).events[\(row)]", byte: event.byte)
            }
            guard event.at.double >= last.double else { throw fault("time goes backwards") }
            try add(stack, event.at - last, target)
            last = event.at
            guard var frame = event.frame else { throw fault("a frame is expected") }
            switch event.type {
            case "O":
                depth += 1
                guard depth <= limits.stackDepth else {
                    throw .stackTooDeep(limit: limits.stackDepth, place: .byte(event.byte))
                }
                stack = try push(&frame, on: stack) { "\(target.place).events[\(row)]" }
            case "C":
                guard stack != .empty, let index = Self.index(try frame.number()), frames.indices.contains(index),
                    profile.stacks.leaf(of: stack) == frames[index]
                else { throw fault("a frame is left that is not the innermost") }
                depth -= 1
                stack = profile.stacks.parent(of: stack)
            default:
                throw fault("event type \"\(event.type)\" is not known")
            }
        }
    }

    private static func index(_ number: JSONNumber) -> Int? { Int(exactly: number.double) }

    /// The stack with the frame on it that the cursor's number stands for.
    private mutating func push(
        _ cursor: inout JSONCursor, on stack: StackID, place: () -> String
    ) throws(ProfileReadError.Reason) -> StackID {
        let start = cursor.offset
        let number = try cursor.number()
        guard let index = Self.index(number), frames.indices.contains(index) else {
            let text = if case .whole(let whole) = number { "\(whole)" } else { "\(number.double)" }
            throw .badSpeedscope(
                "frame \(text) is out of range, there are \(frames.count)", place: place(), byte: start)
        }
        return profile.push(frames[index], on: stack)
    }

    private mutating func add(
        _ stack: StackID, _ weight: JSONNumber, _ target: Target
    ) throws(ProfileReadError.Reason) {
        let value = weight.scaled(by: target.factor)
        if value == 0 { return }
        var values = [Int64](repeating: 0, count: profile.sampleTypes.count)
        values[target.column] = value
        profile.add(Profile.Sample(stack: stack, labels: target.labels, block: order.block()), values: values)
        try limits.check(profile)
    }
}
