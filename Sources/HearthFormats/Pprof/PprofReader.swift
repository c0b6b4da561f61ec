internal import HearthProfile

/// Turns pprof's message into a profile, whoever wrote it: fields and ids in any order, ids with gaps, a period type or not,
/// mappings or not. `drop_frames` and `keep_frames` are not applied.
///
/// The message is gone through once for each of its tables, and a part of it decoded at a time. A label that a sample has
/// several times keeps its first value.
struct PprofReader {
    /// The fields of the message.
    private enum Number {
        static let sampleType: UInt64 = 1
        static let sample: UInt64 = 2
        static let mapping: UInt64 = 3
        static let location: UInt64 = 4
        static let function: UInt64 = 5
        static let string: UInt64 = 6
        static let time: UInt64 = 9
        static let duration: UInt64 = 10
        static let periodType: UInt64 = 11
        static let period: UInt64 = 12
        static let comment: UInt64 = 13
        static let defaultSampleType: UInt64 = 14
    }

    private let bytes: [UInt8]
    private var order: SampleOrder
    private let limits: ReadLimits
    private(set) var notes = ReadNotes(format: .pprof)

    private var profile = Profile(sampleTypes: [.samples])
    private var strings: [StringID] = []
    /// By the start of the mapping.
    private var biases: [UInt64: UInt64] = [:]
    private var mappings: [UInt64: ImageID] = [:]
    private var functions: [UInt64: Function] = [:]
    /// The frames of a location, root first.
    private var locations: [UInt64: [FrameID]] = [:]
    /// The stack of a caller's stack with a location on top: a long location that many samples name is walked once.
    private var pushed: [Push: StackID] = [:]

    /// What an entry of a table takes, about.
    private static let bytesPerEntry = 160
    /// Labels by the indexes of their strings, so that a set that many samples have is looked at once.
    private var labelSets: [[RawLabel]: Labels] = [:]
    /// Bytes of the strings of all sets: a long one may be in each.
    private var labelBytes = 0

    private struct RawLabel: Hashable {
        var key: Int64
        var text: Int64
        var number: Int64
        var unit: Int64
    }

    private struct Labels {
        var set: LabelSetID
        var block: UInt32?
    }

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
    init(_ bytes: [UInt8], limits: ReadLimits, order: SampleOrder = SampleOrder(isKept: false)) {
        self.order = order
        self.bytes = bytes
        self.limits = limits
    }

    /// The profile. O(size of the message).
    mutating func read() throws(ProfileReadError.Reason) -> Profile {
        let texts = try texts()
        profile = try emptyProfile(texts)
        for text in texts { strings.append(profile.intern(text)) }
        try limits.check(profile)
        try readComments()
        try readMappingsAndFunctions()
        try readLocations()
        try readSamples()
        return profile
    }

    // MARK: Text

    /// The string table.
    private mutating func texts() throws(ProfileReadError.Reason) -> [String] {
        var texts: [String] = []
        var entries = 0
        var wire = PprofWire(bytes)
        while let field = try wire.next() {
            if field.number != Number.sample { entries += 1 }
            guard entries <= limits.memoryBytes / Self.bytesPerEntry else {
                throw .tooMuchMemory(limit: limits.memoryBytes)
            }
            guard field.number == Number.string, field.isMessage else { continue }
            let (text, isValid) = bytes[field.content].decodedText
            if !isValid { notes.invalidUTF8 += 1 }
            texts.append(text)
        }
        return texts
    }

    private func string(_ index: Int64, of part: PprofPart) throws(ProfileReadError.Reason) -> StringID {
        if index == 0 { return .empty }
        guard index > 0, index < Int64(strings.count) else {
            throw .stringIndexOutOfRange(index, count: strings.count, of: part.name, byte: part.byte)
        }
        return strings[Int(index)]
    }

    private func text(_ index: Int64, of part: PprofPart) throws(ProfileReadError.Reason) -> String {
        profile.strings[try string(index, of: part)]
    }

    // MARK: Header

    private func emptyProfile(_ texts: [String]) throws(ProfileReadError.Reason) -> Profile {
        func text(_ index: Int64, _ part: PprofPart) throws(ProfileReadError.Reason) -> String {
            guard index >= 0, index < Int64(max(texts.count, 1)) else {
                throw .stringIndexOutOfRange(index, count: texts.count, of: part.name, byte: part.byte)
            }
            return texts.isEmpty ? "" : texts[Int(index)]
        }
        func type(_ field: PprofWire.Field, _ part: PprofPart) throws(ProfileReadError.Reason) -> ValueType {
            let message = try PprofWire.message(
                Hearth_Pprof_ValueType.self, field, of: bytes, "a value type", limit: limits.memoryBytes)
            return ValueType(type: try text(message.type, part), unit: try text(message.unit, part))
        }
        var types: [ValueType] = []
        var periodType: ValueType?
        var (time, duration, period) = (Int64(0), Int64(0), Int64(0))
        var named = ""
        var wire = PprofWire(bytes)
        while let field = try wire.next() {
            let number = Int64(bitPattern: field.value)
            switch field.number {
            case Number.sampleType where field.isMessage:
                types.append(try type(field, PprofPart("sample type", UInt64(types.count), field)))
            case Number.periodType where field.isMessage:
                periodType = try type(field, PprofPart("the period type", nil, field))
            case Number.time where field.isNumber: time = number
            case Number.duration where field.isNumber: duration = number
            case Number.period where field.isNumber: period = number
            case Number.defaultSampleType where field.isNumber:
                named = try text(number, PprofPart("the default sample type", nil, field))
            default: continue
            }
        }
        guard !types.isEmpty else { throw .noSampleTypes }
        let shown = types.firstIndex { $0.type == named && !named.isEmpty } ?? types.count - 1
        return Profile(
            sampleTypes: types, defaultSampleType: shown, periodType: periodType ?? types[shown], period: period,
            startTime: time, duration: duration)
    }

    private mutating func readComments() throws(ProfileReadError.Reason) {
        var wire = PprofWire(bytes)
        while let field = try wire.next() {
            guard field.number == Number.comment else { continue }
            let part = PprofPart("a comment", nil, field)
            if field.isNumber { addComment(try text(Int64(bitPattern: field.value), of: part)) }
            guard field.isMessage else { continue }
            // A packed list.
            var offset = field.content.lowerBound
            while offset < field.content.upperBound {
                guard let (index, end) = PprofWire.varint(bytes, at: offset, end: field.content.upperBound) else {
                    throw .badMessage(part.name, byte: field.byte)
                }
                addComment(try text(Int64(bitPattern: index), of: part))
                offset = end
            }
        }
        // Joined once: a line more for each of a million comments would copy all before it every time.
        if !freeComments.isEmpty {
            profile.attributes[PprofConventions.freeComment] = freeComments.joined(separator: "\n")
        }
    }

    private var freeComments: [String] = []

    private var seenComments: Set<String> = []

    private mutating func addComment(_ comment: String) {
        // Said again it says nothing new, and a byte could say a long one: a small file would fill the memory.
        guard seenComments.insert(comment).inserted else { return }
        guard let separator = comment.firstRange(of: PprofConventions.separator),
            separator.lowerBound > comment.startIndex
        else {
            freeComments.append(comment)
            return
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
            let isKnown = key == PprofConventions.freeComment || profile.attributes[key] != nil
            if !isKnown { profile.attributes[key] = value } else { freeComments.append(comment) }
        }
    }

    // MARK: Tables

    private mutating func readMappingsAndFunctions() throws(ProfileReadError.Reason) {
        var wire = PprofWire(bytes)
        while let field = try wire.next() {
            guard field.isMessage else { continue }
            switch field.number {
            case Number.mapping: try readMapping(field)
            case Number.function: try readFunction(field)
            default: continue
            }
        }
    }

    private mutating func readMapping(_ field: PprofWire.Field) throws(ProfileReadError.Reason) {
        let mapping = try PprofWire.message(
            Hearth_Pprof_Mapping.self, field, of: bytes, "a mapping", limit: limits.memoryBytes)
        let part = PprofPart("mapping", mapping.id, field)
        let path = try text(mapping.filename, of: part)
        let buildID = try text(mapping.buildID, of: part)
        let usual = PprofConventions.usualBias(start: mapping.memoryStart, fileOffset: mapping.fileOffset)
        mappings[mapping.id] = profile.intern(
            Image(
                path: path, buildID: buildID, start: mapping.memoryStart, end: mapping.memoryLimit,
                bias: biases[mapping.memoryStart] ?? usual, fileOffset: mapping.fileOffset))
    }

    private mutating func readFunction(_ field: PprofWire.Field) throws(ProfileReadError.Reason) {
        let function = try PprofWire.message(
            Hearth_Pprof_Function.self, field, of: bytes, "a function", limit: limits.memoryBytes)
        let part = PprofPart("function", function.id, field)
        var name = try string(function.name, of: part)
        var fullName = try string(function.systemName, of: part)
        // Some producers set one of the two only.
        if fullName == .empty { fullName = name }
        if name == .empty { name = fullName }
        let file = try string(function.filename, of: part)
        let kind = PprofConventions.kind(fileName: profile.strings[file])
        let thunk = PprofConventions.thunk(fileName: profile.strings[file])
        functions[function.id] = Function(
            name: name, fullName: fullName, file: kind == nil && thunk == nil ? file : .empty, kind: kind, thunk: thunk)
    }

    private mutating func readLocations() throws(ProfileReadError.Reason) {
        var wire = PprofWire(bytes)
        while let field = try wire.next() {
            guard field.number == Number.location, field.isMessage else { continue }
            let location = try PprofWire.message(
                Hearth_Pprof_Location.self, field, of: bytes, "a location", limit: limits.memoryBytes)
            locations[location.id] = try frames(location, PprofPart("location", location.id, field))
            try limits.check(profile)
        }
    }

    private mutating func frames(
        _ location: Hearth_Pprof_Location, _ part: PprofPart
    ) throws(ProfileReadError.Reason) -> [FrameID] {
        var image: ImageID?
        if location.mappingID != 0 {
            image = mappings[location.mappingID]
            guard image != nil else { throw unknown(location.mappingID, "mapping", part) }
        }
        let bias = image.map { profile.image($0).bias } ?? 0
        let address = location.address == 0 ? 0 : location.address &- bias
        var frames: [FrameID] = []
        for line in location.line.reversed() where !isWithoutStack(line) {
            guard let function = functions[line.functionID] else { throw unknown(line.functionID, "function", part) }
            // A function without a name says nothing that the address does not.
            guard function.name != .empty else { continue }
            let kind = function.kind ?? (frames.isEmpty ? .function : .inlined)
            frames.append(
                profile.intern(
                    Frame(
                        name: function.name, fullName: function.fullName, file: function.file,
                        line: UInt32(clamping: line.line), image: image, address: address, kind: kind,
                        thunk: function.thunk)))
        }
        guard frames.isEmpty, !location.line.contains(where: isWithoutStack) else { return frames }
        return [profile.intern(Frame(name: .empty, image: image, address: address))]
    }

    private func unknown(_ id: UInt64, _ kind: String, _ part: PprofPart) -> ProfileReadError.Reason {
        .unknownID(id, kind: kind, of: part.name, byte: part.byte)
    }

    private func isWithoutStack(_ line: Hearth_Pprof_Line) -> Bool {
        guard let file = functions[line.functionID]?.file, file != .empty else { return false }
        return profile.strings[file] == PprofConventions.noStackFile
    }

    // MARK: Samples

    private mutating func readSamples() throws(ProfileReadError.Reason) {
        var index: UInt64 = 0
        var wire = PprofWire(bytes)
        while let field = try wire.next() {
            guard field.number == Number.sample, field.isMessage else { continue }
            let sample = try PprofWire.message(
                Hearth_Pprof_Sample.self, field, of: bytes, "a sample", limit: limits.memoryBytes)
            try add(sample, PprofPart("sample", index, field))
            try limits.check(profile)
            index += 1
        }
    }

    private mutating func add(
        _ sample: Hearth_Pprof_Sample, _ part: PprofPart
    ) throws(ProfileReadError.Reason) {
        guard sample.value.count == profile.sampleTypes.count else {
            throw .wrongValueCount(
                sample.value.count, expected: profile.sampleTypes.count, of: part.name, byte: part.byte)
        }
        var stack = StackID.empty
        var depth = 0
        for id in sample.locationID.reversed() {
            guard let frames = locations[id] else { throw unknown(id, "location", part) }
            depth += frames.count
            guard depth <= limits.stackDepth else {
                throw .stackTooDeep(limit: limits.stackDepth, place: .byte(part.byte))
            }
            stack = push(frames, of: id, on: stack)
        }
        let labels = try labels(sample, part)
        // Blocks are an order already, of a length that the file says.
        let block = order.block(keeping: labels.block)
        profile.add(Profile.Sample(stack: stack, labels: labels.set, block: block), values: sample.value)
    }

    private mutating func push(_ frames: [FrameID], of location: UInt64, on caller: StackID) -> StackID {
        if frames.count == 1 { return profile.push(frames[0], on: caller) }
        let key = Push(caller: caller, location: location)
        if let known = pushed[key] { return known }
        let stack = frames.reduce(caller) { profile.push($1, on: $0) }
        pushed[key] = stack
        return stack
    }

    private mutating func labels(
        _ sample: Hearth_Pprof_Sample, _ part: PprofPart
    ) throws(ProfileReadError.Reason) -> Labels {
        let raw = sample.label.map { RawLabel(key: $0.key, text: $0.str, number: $0.num, unit: $0.numUnit) }
        if let known = labelSets[raw] { return known }
        var labels: [String: LabelValue] = [:]
        var found = Labels(set: .none, block: nil)
        for label in raw {
            let key = try text(label.key, of: part)
            let value: LabelValue
            if label.text != 0 {
                let text = try text(label.text, of: part)
                value = .text(text)
                labelBytes += text.utf8.count
            } else if key == PprofConventions.blockLabel, let index = UInt32(exactly: label.number) {
                found.block = index
                continue
            } else {
                value = .number(label.number, unit: try text(label.unit, of: part))
            }
            labelBytes += key.utf8.count
            guard labelBytes <= limits.memoryBytes else { throw .tooMuchMemory(limit: limits.memoryBytes) }
            if labels[key] == nil { labels[key] = value }
        }
        found.set = profile.intern(labels: labels)
        labelSets[raw] = found
        return found
    }
}
