internal import HearthProfile
internal import SwiftProtobuf

/// Turns pprof's messages into a profile, whoever wrote them: ids in any order and with gaps, a period type or not,
/// mappings or not. `drop_frames` and `keep_frames` are not applied.
///
/// A label that a sample has several times keeps its first value.
struct PprofReader {
    private let message: Hearth_Pprof_Profile
    private let limits: ReadLimits
    private(set) var notes = ReadNotes(format: .pprof)

    private var profile: Profile
    private var strings: [StringID] = []
    private var mappings: [UInt64: ImageID] = [:]
    private var functions: [UInt64: Function] = [:]
    /// The frames of a location, root first.
    private var locations: [UInt64: [FrameID]] = [:]
    /// The stack of a caller's stack with a location on top: a long location that many samples name is walked once.
    private var pushed: [Push: StackID] = [:]

    private struct Function {
        var name: StringID
        var fullName: StringID
        var file: StringID
        var kind: Frame.Kind?
        var thunk: Frame.Thunk?
    }

    private struct Push: Hashable {
        var caller: StackID
        var location: UInt64
    }

    /// - Parameter bytes: the message, not compressed.
    init(_ bytes: [UInt8], limits: ReadLimits) throws(ProfileReadError.Reason) {
        self.limits = limits
        guard PprofWire.decodedSize(bytes) <= limits.decodedBytes else {
            throw .tooMuchMemory(limit: limits.decodedBytes)
        }
        do {
            var options = BinaryDecodingOptions()
            options.discardUnknownFields = true
            message = try Hearth_Pprof_Profile(serializedBytes: bytes, options: options)
        } catch {
            throw PprofWire.fault(in: bytes)
        }
        let texts = message.stringTable.map { $0.decodedText }
        notes.invalidUTF8 = texts.count { !$0.isValid }
        profile = try Self.emptyProfile(message, texts.map(\.text))
        for text in texts { strings.append(profile.intern(text.text)) }
    }

    /// The profile. O(size of the message).
    mutating func read() throws(ProfileReadError.Reason) -> Profile {
        try readComments()
        try readMappings()
        try readFunctions()
        for location in message.location { locations[location.id] = try frames(location) }
        for (index, sample) in message.sample.enumerated() { try add(sample, index: index) }
        return profile
    }

    private static func emptyProfile(
        _ message: Hearth_Pprof_Profile, _ strings: [String]
    ) throws(ProfileReadError.Reason) -> Profile {
        func text(_ index: Int64, _ owner: String) throws(ProfileReadError.Reason) -> String {
            guard index >= 0, index < Int64(max(strings.count, 1)) else {
                throw .stringIndexOutOfRange(index, count: strings.count, of: owner)
            }
            return strings.isEmpty ? "" : strings[Int(index)]
        }
        var types: [ValueType] = []
        for type in message.sampleType {
            types.append(
                ValueType(type: try text(type.type, "a sample type"), unit: try text(type.unit, "a sample type")))
        }
        guard !types.isEmpty else { throw .noSampleTypes }
        let named = try text(message.defaultSampleType, "the default sample type")
        let shown = types.firstIndex { $0.type == named && !named.isEmpty } ?? types.count - 1
        var periodType = types[shown]
        if message.hasPeriodType {
            periodType.type = try text(message.periodType.type, "the period type")
            periodType.unit = try text(message.periodType.unit, "the period type")
        }
        return Profile(
            sampleTypes: types, defaultSampleType: shown, periodType: periodType, period: message.period,
            startTime: message.timeNanos, duration: message.durationNanos)
    }

    private mutating func readComments() throws(ProfileReadError.Reason) {
        for index in message.comment {
            let comment = profile.strings[try string(index, "a comment")]
            guard let separator = comment.firstRange(of: PprofConventions.separator), !separator.isEmpty,
                separator.lowerBound > comment.startIndex
            else {
                addFreeComment(comment)
                continue
            }
            let key = String(comment[..<separator.lowerBound])
            let value = String(comment[separator.upperBound...])
            switch key {
            case PprofConventions.blockDuration:
                profile.blockDuration = Int64(value).map { max($0, 0) } ?? 0
            case PprofConventions.imageBias:
                let numbers = value.split(separator: " ").compactMap { UInt64($0.dropFirst(2), radix: 16) }
                if numbers.count == 2 { biases[numbers[0]] = numbers[1] }
            default:
                if profile.attributes[key] == nil { profile.attributes[key] = value } else { addFreeComment(comment) }
            }
        }
    }

    private mutating func addFreeComment(_ comment: String) {
        let others = profile.attributes[PprofConventions.freeComment].map { $0 + "\n" } ?? ""
        profile.attributes[PprofConventions.freeComment] = others + comment
    }

    /// By the start of the mapping.
    private var biases: [UInt64: UInt64] = [:]

    private mutating func readMappings() throws(ProfileReadError.Reason) {
        for mapping in message.mapping {
            let path = profile.strings[try string(mapping.filename, "mapping \(mapping.id)")]
            let buildID = profile.strings[try string(mapping.buildID, "mapping \(mapping.id)")]
            let usual = PprofConventions.usualBias(start: mapping.memoryStart, fileOffset: mapping.fileOffset)
            mappings[mapping.id] = profile.intern(
                Image(
                    path: path, buildID: buildID, start: mapping.memoryStart, end: mapping.memoryLimit,
                    bias: biases[mapping.memoryStart] ?? usual, fileOffset: mapping.fileOffset))
        }
    }

    private mutating func readFunctions() throws(ProfileReadError.Reason) {
        for function in message.function {
            let owner = "function \(function.id)"
            var name = try string(function.name, owner)
            var fullName = try string(function.systemName, owner)
            // Some producers set one of the two only.
            if fullName == .empty { fullName = name }
            if name == .empty { name = fullName }
            let file = try string(function.filename, owner)
            let kind = PprofConventions.kind(fileName: profile.strings[file])
            let thunk = PprofConventions.thunk(fileName: profile.strings[file])
            functions[function.id] = Function(
                name: name, fullName: fullName, file: kind == nil && thunk == nil ? file : .empty, kind: kind,
                thunk: thunk)
        }
    }

    private mutating func frames(_ location: Hearth_Pprof_Location) throws(ProfileReadError.Reason) -> [FrameID] {
        var image: ImageID?
        if location.mappingID != 0 {
            image = mappings[location.mappingID]
            guard image != nil else {
                throw .unknownID(location.mappingID, kind: "mapping", of: "location \(location.id)")
            }
        }
        let bias = image.map { profile.image($0).bias } ?? 0
        let address = location.address == 0 ? 0 : location.address &- bias
        guard !location.line.isEmpty else {
            return [profile.intern(Frame(name: .empty, image: image, address: address))]
        }
        var frames: [FrameID] = []
        for line in location.line.reversed() where !isWithoutStack(line) {
            guard let function = functions[line.functionID] else {
                throw .unknownID(line.functionID, kind: "function", of: "location \(location.id)")
            }
            let kind = function.kind ?? (frames.isEmpty ? .function : .inlined)
            frames.append(
                profile.intern(
                    Frame(
                        name: function.name, fullName: function.fullName, file: function.file,
                        line: UInt32(clamping: line.line), image: image, address: address, kind: kind,
                        thunk: function.thunk)))
        }
        return frames
    }

    private func isWithoutStack(_ line: Hearth_Pprof_Line) -> Bool {
        guard let file = functions[line.functionID]?.file, file != .empty else { return false }
        return profile.strings[file] == PprofConventions.noStackFile
    }

    private mutating func add(_ sample: Hearth_Pprof_Sample, index: Int) throws(ProfileReadError.Reason) {
        guard sample.value.count == profile.sampleTypes.count else {
            throw .wrongValueCount(sample.value.count, expected: profile.sampleTypes.count, sample: index)
        }
        var stack = StackID.empty
        var depth = 0
        for id in sample.locationID.reversed() {
            guard let frames = locations[id] else {
                throw .unknownID(id, kind: "location", of: "sample \(index)")
            }
            depth += frames.count
            guard depth <= limits.stackDepth else { throw .stackTooDeep(limit: limits.stackDepth, sample: index) }
            stack = push(frames, of: id, on: stack)
            guard profile.stacks.count <= limits.stacks else { throw .tooManyStacks(limit: limits.stacks) }
        }
        let (labels, block) = try labels(sample, owner: "sample \(index)")
        let set = profile.intern(labels: labels)
        profile.add(Profile.Sample(stack: stack, labels: set, block: block), values: sample.value)
    }

    private mutating func push(_ frames: [FrameID], of location: UInt64, on caller: StackID) -> StackID {
        if frames.count == 1 { return profile.push(frames[0], on: caller) }
        let key = Push(caller: caller, location: location)
        if let known = pushed[key] { return known }
        let stack = frames.reduce(caller) { profile.push($1, on: $0) }
        pushed[key] = stack
        return stack
    }

    private func labels(
        _ sample: Hearth_Pprof_Sample, owner: String
    ) throws(ProfileReadError.Reason) -> ([String: LabelValue], block: UInt32?) {
        var labels: [String: LabelValue] = [:]
        var block: UInt32?
        for label in sample.label {
            let key = profile.strings[try string(label.key, owner)]
            let value: LabelValue
            if label.str != 0 {
                value = .text(profile.strings[try string(label.str, owner)])
            } else if key == PprofConventions.blockLabel, let index = UInt32(exactly: label.num) {
                block = index
                continue
            } else {
                value = .number(label.num, unit: profile.strings[try string(label.numUnit, owner)])
            }
            if labels[key] == nil { labels[key] = value }
        }
        return (labels, block)
    }

    private func string(_ index: Int64, _ owner: String) throws(ProfileReadError.Reason) -> StringID {
        if index == 0 { return .empty }
        guard index > 0, index < Int64(strings.count) else {
            throw .stringIndexOutOfRange(index, count: strings.count, of: owner)
        }
        return strings[Int(index)]
    }
}
