internal import HearthProfile

/// Writes one sampled profile a sample type, in the order of time blocks and then of rows; or, split by a label, one a value
/// of it and sample type, the costliest first.
///
/// Values of 0 and below are left out: speedscope refuses a file with a weight below 0, and shows none of 0.
struct SpeedscopeWriter {
    /// One of the file's profiles.
    private struct Part {
        var name: String
        var label: (key: String, value: String)?
        var column: Int
        var rows: [Int]
        var profile: Profile
    }

    /// One of the file's frames: addresses of one line are one.
    private struct Entry: Hashable {
        var name: String
        var file: StringID
        var line: UInt32
    }

    private let profile: Profile
    private let parts: [Part]
    private let active: Int

    /// - Parameter label: what the samples are split by; nil keeps them together. O(samples × log samples).
    init(_ profile: Profile, splitBy label: String?) {
        self.profile = profile
        let shown = min(max(profile.defaultSampleType, 0), profile.sampleTypes.count - 1)
        active = shown
        guard let label, !profile.isEmpty else {
            let rows = Self.rowsByTime(profile)
            parts = profile.sampleTypes.indices.map { column in
                Part(name: profile.sampleTypes[column].type, column: column, rows: rows, profile: profile)
            }
            return
        }
        let split = profile.split(by: [label]).map { values, part in
            (value: values[0]?.description, part: part, total: part.total(column: shown))
        }
        let isOne = profile.sampleTypes.count == 1
        parts = split.sorted { $0.total > $1.total }.flatMap { value, part, _ in
            let rows = Self.rowsByTime(part)
            let name = value ?? "[no \(label)]"
            return part.sampleTypes.enumerated().map { column, type in
                Part(
                    name: isOne ? name : "\(name) (\(type.type))", label: value.map { (label, $0) }, column: column,
                    rows: rows, profile: part)
            }
        }
    }

    private static func rowsByTime(_ profile: Profile) -> [Int] {
        profile.samples.indices.sorted { left, right in
            let (a, b) = (profile.samples[left].block ?? 0, profile.samples[right].block ?? 0)
            return a != b ? a < b : left < right
        }
    }

    /// The JSON text, in pieces; a line a profile. O(sum of stack depths × sample types).
    func write<Failure>(name: String, to sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
        var output = JSONBuffer()
        output.add(#"{"$schema":"#)
        output.add(quoted: SpeedscopeConventions.schemaAddress)
        output.add(#","exporter":"#)
        output.add(quoted: "\(SpeedscopeConventions.exporter) \(hearthVersion)")
        output.add(#","name":"#)
        output.add(quoted: name)
        output.add(#","activeProfileIndex":\#(parts.isEmpty ? 0 : active),"shared":{"frames":["#)
        let frames = try writeFrames(&output, to: sink)
        output.add("]},\"profiles\":[")
        for (index, part) in parts.enumerated() {
            output.add(index > 0 ? ",\n" : "\n")
            try write(part, frames, &output, to: sink)
        }
        output.add("\n]}\n")
        try sink(output.take())
    }

    /// Returns the index in the file for every frame.
    private func writeFrames<Failure>(
        _ output: inout JSONBuffer, to sink: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) -> [Int] {
        var indexes: [Entry: Int] = [:]
        var result: [Int] = []
        for (index, frame) in profile.frames.enumerated() {
            let name = profile.displayName(FrameID(rawValue: UInt32(index)))
            let entry = Entry(name: name, file: frame.file, line: frame.line)
            if let known = indexes[entry] {
                result.append(known)
                continue
            }
            output.add(indexes.isEmpty ? #"{"name":"# : #",{"name":"#)
            output.add(quoted: name)
            if frame.file != .empty {
                output.add(#","file":"#)
                output.add(quoted: profile.strings[frame.file])
            }
            if frame.line > 0 { output.add(#","line":\#(frame.line)"#) }
            output.add("}")
            if output.isFull { try sink(output.take()) }
            result.append(indexes.count)
            indexes[entry] = indexes.count
        }
        return result
    }

    private func write<Failure>(
        _ part: Part, _ frames: [Int], _ output: inout JSONBuffer, to sink: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        let type = profile.sampleTypes[part.column]
        let scale = DecimalScale(of: type)
        let rows = part.rows.filter { part.profile.value(row: $0, column: part.column) > 0 }
        let end = rows.reduce(0) { saturatingSum($0, part.profile.value(row: $1, column: part.column)) }
        output.add(#"{"type":"sampled","name":"#)
        output.add(quoted: part.name)
        output.add(#","unit":"\#(SpeedscopeConventions.name(of: type.plainUnit))","startValue":0,"endValue":"#)
        output.add(scale.text(end))
        output.add(#","samples":["#)
        for (index, row) in rows.enumerated() {
            output.add(index > 0 ? ",[" : "[")
            let stack = part.profile.stacks.framesLeafFirst(part.profile.samples[row].stack).map { $0.rawValue }
            for (depth, frame) in stack.reversed().enumerated() {
                if depth > 0 { output.add(",") }
                output.add(String(frames[Int(frame)]))
            }
            output.add("]")
            if output.isFull { try sink(output.take()) }
        }
        output.add(#"],"weights":["#)
        for (index, row) in rows.enumerated() {
            if index > 0 { output.add(",") }
            output.add(scale.text(part.profile.value(row: row, column: part.column)))
            if output.isFull { try sink(output.take()) }
        }
        output.add(#"],"\#(SpeedscopeConventions.ownMember)":{"type":"#)
        output.add(quoted: type.type)
        output.add(#","unit":"#)
        output.add(quoted: type.unit)
        if let (key, value) = part.label {
            output.add(#","label":"#)
            output.add(quoted: key)
            output.add(#","value":"#)
            output.add(quoted: value)
        }
        output.add("}}")
    }
}
