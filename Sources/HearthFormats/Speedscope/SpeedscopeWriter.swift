internal import Foundation
internal import HearthProfile

/// Writes one sampled profile a sample type, in the order of time blocks and then of rows.
enum SpeedscopeWriter {
    /// The JSON text. O(sum of stack depths).
    static func encode(_ profile: Profile, name: String) throws -> [UInt8] {
        var entries: [SpeedscopeFile.FrameEntry] = []
        var indexes: [SpeedscopeFile.FrameEntry: Int] = [:]
        let frames = profile.frames.enumerated().map { index, frame in
            let entry = SpeedscopeFile.FrameEntry(
                name: profile.displayName(FrameID(rawValue: UInt32(index))),
                file: frame.file == .empty ? nil : profile.strings[frame.file],
                line: frame.line == 0 ? nil : Double(frame.line))
            if let known = indexes[entry] { return known }
            entries.append(entry)
            indexes[entry] = entries.count - 1
            return entries.count - 1
        }
        let rows = profile.samples.indices.sorted { left, right in
            let (a, b) = (profile.samples[left].block ?? 0, profile.samples[right].block ?? 0)
            return a != b ? a < b : left < right
        }
        let samples = rows.map { row in
            profile.stacks.framesLeafFirst(profile.samples[row].stack).map { frames[Int($0.rawValue)] }.reversed()
        }.map(Array.init)
        let profiles = profile.sampleTypes.enumerated().map { column, type in
            let scale = DecimalScale(of: type)
            let weights = rows.map { Double(profile.value(row: $0, column: column)) / Double(scale.factor) }
            return SpeedscopeFile.SampledProfile(
                type: "sampled", name: type.type, unit: SpeedscopeUnit.name(of: type.plainUnit),
                startValue: 0, endValue: weights.reduce(0, +), samples: samples, weights: weights)
        }
        let file = SpeedscopeFile(
            schema: SpeedscopeFile.schemaAddress, shared: SpeedscopeFile.Shared(frames: entries), profiles: profiles,
            name: name, activeProfileIndex: min(max(profile.defaultSampleType, 0), profiles.count - 1),
            exporter: "\(SpeedscopeReader.exporter) \(hearthVersion)")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(file)) + [Ascii.newline]
    }
}
