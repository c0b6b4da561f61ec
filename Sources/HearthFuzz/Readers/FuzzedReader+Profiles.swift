internal import HearthFormats
internal import HearthProfile

extension FuzzedReader {
    /// Low enough that a fuzzer gets there.
    private static let limits: ReadLimits = {
        var limits = ReadLimits()
        limits.uncompressedBytes = 8 << 20
        limits.bytesOfAnyRatio = 1 << 20
        limits.memoryBytes = 64 << 20
        limits.stackDepth = 1_000
        limits.stacks = 20_000
        return limits
    }()

    /// A profile file, which may be gzipped. What is read can be written in every format, and what is written is read as
    /// what it was, as far as the format goes.
    func checkProfile(_ input: [UInt8], as format: ProfileFormat) throws(BrokenLaw) {
        // Without a word on what it is.
        _ = try read(input, as: nil)
        guard let profile = try read(input, as: format) else { return }
        // Most time goes into the formats that others than the fuzzed reader read: a small input shows them as well.
        let isSmall = input.count <= 1_024
        if format == .pprof || format == .perfScript || isSmall { try checkPprof(of: profile) }
        if format == .speedscope || isSmall { try checkSpeedscope(of: profile) }
        if format == .collapsed || isSmall {
            try checkCollapsed(of: profile)
            try checkDifference(of: profile)
        }
    }

    /// Nil for what is refused.
    private func read(_ input: [UInt8], as format: ProfileFormat?) throws(BrokenLaw) -> Profile? {
        do throws(ProfileReadError) {
            return try Profile.read(input, named: "input", format: format, limits: Self.limits).profile
        } catch {
            let text = error.description
            try hold(!text.contains("\n"), "an error is one line: \(text)")
            return nil
        }
    }

    // MARK: Written and read back

    private func written(_ profile: Profile, as format: ProfileFormat) throws(BrokenLaw) -> [UInt8] {
        do {
            return try profile.encoded(as: format)
        } catch {
            throw BrokenLaw("what was read cannot be written as \(format.rawValue): \(error)")
        }
    }

    private func readBack(_ bytes: [UInt8], as format: ProfileFormat) throws(BrokenLaw) -> Profile {
        let (profile, notes): (Profile, ReadNotes)
        do {
            (profile, notes) = try Profile.read(bytes, named: "written", format: format)
        } catch {
            throw BrokenLaw("written \(format.rawValue) is refused: \(error)")
        }
        try hold(notes.malformedLines == 0, "written \(format.rawValue) has a malformed line: \(notes.warnings)")
        return profile
    }

    /// The format that holds everything.
    private func checkPprof(of profile: Profile) throws(BrokenLaw) {
        let bytes = try written(profile, as: .pprof)
        let back = try readBack(bytes, as: .pprof)
        if let difference = ProfileDifference.first(profile, back) {
            throw BrokenLaw("pprof does not keep \(difference)")
        }
        let again = try written(back, as: .pprof)
        try hold(try written(readBack(again, as: .pprof), as: .pprof) == again, "writing and reading pprof settles")
    }

    /// Holds one column, by names, without what is below zero.
    private func checkCollapsed(of profile: Profile) throws(BrokenLaw) {
        let bytes = try written(profile, as: .collapsed)
        let back = try readBack(bytes, as: .collapsed)
        try hold(try written(back, as: .collapsed) == bytes, "collapsed stacks, read and written, are the same")
    }

    /// The two columns of a difference are not taken for a profile.
    private func checkDifference(of profile: Profile) throws(BrokenLaw) {
        let stacks = profile.samples.enumerated().map { row, sample in
            let names = profile.stacks.framesLeafFirst(sample.stack).map { profile.displayName($0) }
            let value = profile.value(row: row, column: 0)
            return (names: Array(names.reversed()), base: value, new: value / 2)
        }
        let bytes = DifferentialCollapsed.encode(stacks, type: profile.sampleTypes[0])
        do {
            _ = try Profile.read(bytes, named: "difference", format: .collapsed)
        } catch {
            return try hold(error.reason == .isDifference, "a difference is refused as one: \(error)")
        }
        throw BrokenLaw("a difference is read as a profile")
    }

    /// Holds values as they fit into a double, and no row that is nothing but zeros.
    private func checkSpeedscope(of profile: Profile) throws(BrokenLaw) {
        let back = try readBack(try written(profile, as: .speedscope), as: .speedscope)
        let bytes = try written(back, as: .speedscope)
        try hold(
            try written(readBack(bytes, as: .speedscope), as: .speedscope) == bytes,
            "writing and reading speedscope settles")
    }
}
