internal import HearthProfile

/// The first thing in which a profile differs from one that was written from it and read back.
enum ProfileDifference {
    /// Nil when they are the same to whoever reads them. O(sum of stack depths).
    static func first(_ one: Profile, _ other: Profile) -> String? {
        if one.sampleTypes != other.sampleTypes { return "the sample types" }
        if one.samples.count != other.samples.count {
            return "\(one.samples.count) rows, but \(other.samples.count)"
        }
        if one.startTime != other.startTime || one.duration != other.duration { return "the times" }
        // 0 is written as 1.
        if max(one.period, 1) != max(other.period, 1) { return "the period" }
        for row in one.samples.indices {
            if one.values(row: row) != other.values(row: row) { return "the values of row \(row)" }
            let (sample, back) = (one.samples[row], other.samples[row])
            if sample.block != back.block { return "the time block of row \(row)" }
            if one.labels[sample.labels] != other.labels[back.labels] { return "the labels of row \(row)" }
            let frames = one.stacks.framesLeafFirst(sample.stack).map { one.frame($0) }
            let framesBack = other.stacks.framesLeafFirst(back.stack).map { other.frame($0) }
            if frames.count != framesBack.count {
                return "a stack of \(frames.count) frames, but one of \(framesBack.count), in row \(row)"
            }
            for (frame, back) in zip(frames, framesBack) where !isSame(frame, one, back, other) {
                return "\(frame), but \(back), in row \(row)"
            }
        }
        return nil
    }

    private static func isSame(_ frame: Frame, _ profile: Profile, _ back: Frame, _ other: Profile) -> Bool {
        profile.strings[frame.name] == other.strings[back.name]
            && profile.strings[frame.fullName] == other.strings[back.fullName]
            && profile.strings[frame.file] == other.strings[back.file] && frame.line == back.line
            && frame.address == back.address && (frame.kind == back.kind || isAlone(frame, back))
            && frame.image.map { profile.image($0) } == back.image.map { other.image($0) }
    }

    /// What is inlined into no frame of its address comes back as a function.
    private static func isAlone(_ frame: Frame, _ back: Frame) -> Bool {
        frame.kind == .inlined && back.kind == .function
    }
}
