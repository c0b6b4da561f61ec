internal import Foundation
internal import HearthProfile
internal import SwiftProtobuf

/// Turns a profile into pprof's messages, with the ids of every table 1 to N in order.
///
/// A `.inlined` frame goes into the location of the frame that it is inlined into. One without such a frame, as hiding
/// can leave it, becomes a location of its own and comes back as a function.
struct PprofWriter {
    private let profile: Profile
    /// What is not handed on yet.
    private var message = Hearth_Pprof_Profile()
    private var size = 0
    private var stringTable = [Data()]
    private var strings: [String: Int64] = ["": 0]
    private var functions: [FunctionKey: UInt64] = [:]
    private var locationCount: UInt64 = 0
    /// Locations of frames that stand alone, 0 where there is none yet, and of groups at one address, innermost first.
    private var locationOfFrame: [UInt64]
    private var locationOfGroup: [[FrameID]: UInt64] = [:]
    /// Index of a second empty string, for labels whose text is empty: 0 in a label means that there is no text.
    private var emptyText: Int64?

    private struct FunctionKey: Hashable {
        var name: Int64
        var systemName: Int64
        var fileName: Int64
    }

    init(_ profile: Profile) {
        self.profile = profile
        locationOfFrame = Array(repeating: 0, count: profile.frames.count)
    }

    /// Samples that are in memory as messages at once.
    private static let samplesAtOnce = 4_096
    /// What a message may be at most: beyond, length and offsets of many readers overflow.
    private static let mostBytes = 1 << 31 - 1

    /// The message, in pieces: samples go as they are made, and what they refer to comes after them, as the format allows.
    /// O(sum of stack depths).
    consuming func write(to sink: ([UInt8]) throws(ProfileWriteError) -> Void) throws(ProfileWriteError) {
        addHeader()
        try flush(to: sink)
        for row in profile.samples.indices {
            addSample(row)
            if message.sample.count == Self.samplesAtOnce { try flush(to: sink) }
        }
        addMappings()
        addComments()
        message.stringTable = stringTable
        try flush(to: sink)
    }

    private mutating func addHeader() {
        message.sampleType = profile.sampleTypes.map { valueType($0) }
        let shown = profile.sampleTypes[min(max(profile.defaultSampleType, 0), profile.sampleTypes.count - 1)]
        message.defaultSampleType = string(shown.type)
        message.periodType = valueType(profile.periodType.type.isEmpty ? shown : profile.periodType)
        // 0 would not be written at all, and servers refuse a profile without a period.
        message.period = max(profile.period, 1)
        message.timeNanos = profile.startTime
        message.durationNanos = profile.duration
    }

    private mutating func addMappings() {
        for (index, image) in profile.images.enumerated() {
            var mapping = Hearth_Pprof_Mapping()
            mapping.id = Self.mappingID(ImageID(rawValue: UInt32(index)))
            mapping.memoryStart = image.start
            mapping.memoryLimit = image.end
            mapping.fileOffset = image.fileOffset
            mapping.filename = string(image.path)
            mapping.buildID = string(image.buildID)
            message.mapping.append(mapping)
        }
        for frame in profile.frames {
            guard let image = frame.image, frame.isSymbolized else { continue }
            let index = Int(image.rawValue)
            message.mapping[index].hasFunctions_p = true
            if frame.file != .empty { message.mapping[index].hasFilenames_p = true }
            if frame.line != 0 { message.mapping[index].hasLineNumbers_p = true }
            if frame.kind == .inlined { message.mapping[index].hasInlineFrames_p = true }
        }
    }

    private mutating func addSample(_ row: Int) {
        let sample = profile.samples[row]
        var written = Hearth_Pprof_Sample()
        written.locationID = sample.stack == .empty ? [locationWithoutStack()] : locationIDs(sample.stack)
        written.value = Array(profile.values(row: row))
        for (key, value) in profile.labels[sample.labels].sorted(by: { $0.key < $1.key }) {
            written.label.append(label(key, value))
        }
        if let block = sample.block {
            let value = LabelValue.number(Int64(block), unit: PprofConventions.blockUnit)
            written.label.append(label(PprofConventions.blockLabel, value))
        }
        message.sample.append(written)
    }

    /// Hands on what of the message there is, and begins anew.
    private mutating func flush(
        to sink: ([UInt8]) throws(ProfileWriteError) -> Void
    ) throws(ProfileWriteError) {
        let bytes: [UInt8]
        do {
            bytes = try message.serializedBytes()
        } catch {
            throw .tooLarge(.pprof)
        }
        size += bytes.count
        guard size <= Self.mostBytes else { throw .tooLarge(.pprof) }
        message = Hearth_Pprof_Profile()
        try sink(bytes)
    }

    private mutating func addComments() {
        var attributes = profile.attributes
        let freeComment = attributes.removeValue(forKey: PprofConventions.freeComment)
        var comments = attributes.sorted { $0.key < $1.key }.map { $0 + PprofConventions.separator + $1 }
        if profile.blockDuration > 0 {
            comments.append(PprofConventions.blockDuration + PprofConventions.separator + "\(profile.blockDuration)")
        }
        for image in profile.images {
            guard image.bias != PprofConventions.usualBias(start: image.start, fileOffset: image.fileOffset) else {
                continue
            }
            let numbers = [image.start, image.bias].map { "0x" + String($0, radix: 16) }.joined(separator: " ")
            comments.append(PprofConventions.imageBias + PprofConventions.separator + numbers)
        }
        // Behind the attributes: a line that reads as one is then told from it, for it says what was said already.
        if let freeComment { comments += freeComment.split(separator: "\n").map(String.init) }
        message.comment = comments.map { string($0) }
    }

    private mutating func label(_ key: String, _ value: LabelValue) -> Hearth_Pprof_Label {
        var label = Hearth_Pprof_Label()
        label.key = string(key)
        switch value {
        case .text(let text):
            label.str = text.isEmpty ? emptyTextIndex() : string(text)
        case .number(let number, let unit):
            label.num = number
            label.numUnit = string(unit)
        }
        return label
    }

    private mutating func emptyTextIndex() -> Int64 {
        if let emptyText { return emptyText }
        let index = Int64(stringTable.count)
        stringTable.append(Data())
        emptyText = index
        return index
    }

    private static func mappingID(_ image: ImageID) -> UInt64 { UInt64(image.rawValue) + 1 }

    // MARK: Stacks

    /// Leaf first: one location a frame, with the functions inlined into it.
    private mutating func locationIDs(_ stack: StackID) -> [UInt64] {
        var ids: [UInt64] = []
        var group: [FrameID] = []
        for frame in profile.stacks.framesLeafFirst(stack) {
            if let inner = group.last, !isInlined(inner, into: frame) {
                ids.append(location(group))
                group.removeAll(keepingCapacity: true)
            }
            group.append(frame)
        }
        if !group.isEmpty { ids.append(location(group)) }
        return ids
    }

    /// Whether two neighbours, the callee first, are one address.
    private func isInlined(_ inner: FrameID, into outer: FrameID) -> Bool {
        let (inner, outer) = (profile.frame(inner), profile.frame(outer))
        return inner.kind == .inlined && inner.isSymbolized && (outer.kind == .inlined || outer.kind == .function)
            && inner.address == outer.address && inner.image == outer.image && outer.isSymbolized
    }

    /// The location of a group of frames at one address, innermost first.
    private mutating func location(_ group: [FrameID]) -> UInt64 {
        let alone = group.count == 1 ? Int(group[0].rawValue) : nil
        if let alone, locationOfFrame[alone] != 0 { return locationOfFrame[alone] }
        if alone == nil, let known = locationOfGroup[group] { return known }
        locationCount += 1
        let id = locationCount
        if let alone { locationOfFrame[alone] = id } else { locationOfGroup[group] = id }
        var location = Hearth_Pprof_Location()
        location.id = id
        if let last = group.last {
            let frame = profile.frame(last)
            let image = frame.image.map { profile.image($0) }
            location.address = frame.address == 0 ? 0 : frame.address &+ (image?.bias ?? 0)
            location.mappingID = frame.image.map(Self.mappingID) ?? 0
        }
        location.line = group.compactMap { line(profile.frame($0)) }
        message.location.append(location)
        return id
    }

    private mutating func locationWithoutStack() -> UInt64 {
        if let known = locationOfGroup[[]] { return known }
        locationCount += 1
        let id = locationCount
        locationOfGroup[[]] = id
        let name = string(PprofConventions.noStack)
        var line = Hearth_Pprof_Line()
        line.functionID = function(
            FunctionKey(name: name, systemName: 0, fileName: string(PprofConventions.noStackFile)))
        var location = Hearth_Pprof_Location()
        location.id = id
        location.line = [line]
        message.location.append(location)
        return id
    }

    /// Nil for a bare address.
    private mutating func line(_ frame: Frame) -> Hearth_Pprof_Line? {
        guard frame.isSymbolized else { return nil }
        let file = PprofConventions.fileName(frame) ?? profile.strings[frame.file]
        // Go's pprof takes a name that is the system's as well for one of C++ that it may shorten, and makes
        // `Array<Int>.append(_:)` an `Array.append`. Without a system's name it leaves it alone.
        let isWhole = frame.fullName == frame.name
        let key = FunctionKey(
            name: string(profile.strings[frame.name]),
            systemName: isWhole ? 0 : string(profile.strings[frame.fullName]), fileName: string(file))
        var line = Hearth_Pprof_Line()
        line.functionID = function(key)
        line.line = Int64(frame.line)
        return line
    }

    private mutating func function(_ key: FunctionKey) -> UInt64 {
        if let known = functions[key] { return known }
        let id = UInt64(functions.count + 1)
        functions[key] = id
        var function = Hearth_Pprof_Function()
        function.id = id
        function.name = key.name
        function.systemName = key.systemName
        function.filename = key.fileName
        message.function.append(function)
        return id
    }

    // MARK: Strings

    private mutating func valueType(_ type: ValueType) -> Hearth_Pprof_ValueType {
        var written = Hearth_Pprof_ValueType()
        written.type = string(type.type)
        written.unit = string(type.unit)
        return written
    }

    private mutating func string(_ text: String) -> Int64 {
        if let known = strings[text] { return known }
        let index = Int64(stringTable.count)
        stringTable.append(Data(text.utf8))
        strings[text] = index
        return index
    }
}
