extension Profile {
    /// The same samples over rewritten frames: each frame becomes the frames that `transform` returns, root first (none
    /// hides it, several put inlined functions in). Rows that fall together are added up. `transform` is called once a
    /// frame. O(stacks + samples).
    public func mapFrames(_ transform: (Frame, inout Profile) throws -> [Frame]) rethrows -> Profile {
        try rewritingFrames { frame, result, rewritten in
            for new in try transform(self.frame(frame), &result) { rewritten.append(result.intern(new)) }
        }
    }

    /// The same, by handles: `rewrite` appends what becomes of a frame of this profile, as frames of the new one.
    package func rewritingFrames(
        _ rewrite: (FrameID, inout Profile, inout [FrameID]) throws -> Void
    ) rethrows -> Profile {
        var result = Profile(like: self)
        let moved = try MovedTables(from: self, to: &result, rewrite)
        for (row, sample) in samples.enumerated() { result.add(moved(sample), values: values(row: row)) }
        return result
    }

    /// The frame carried over into `other`, whose tables are its own.
    public func moved(_ frame: Frame, to other: inout Profile) -> Frame {
        var copy = frame
        copy.name = other.intern(strings[frame.name])
        copy.fullName = other.intern(strings[frame.fullName])
        copy.file = other.intern(strings[frame.file])
        copy.image = frame.image.map { other.intern(image($0)) }
        return copy
    }

    /// Frames reduced to their display name, so that two addresses of one function are one frame. What is not symbolised
    /// keeps `library+0x…`. O(stacks + samples).
    public func mergingAddresses() -> Profile {
        mapFrames { frame, result in
            var copy = moved(frame, to: &result)
            if !frame.isSymbolized { copy.name = result.intern(displayName(frame)) }
            if copy.fullName == .empty { copy.fullName = copy.name }
            copy.address = 0
            copy.line = 0
            copy.file = .empty
            return [copy]
        }
    }

    /// Samples rewritten one by one: `transform` returns the stack, labels and block to keep, or nil to drop the row.
    /// O(samples).
    public func mapSamples(_ transform: (Sample, inout Profile) throws -> Sample?) rethrows -> Profile {
        var result = self
        result.removeSamples()
        for (row, sample) in samples.enumerated() {
            guard let kept = try transform(sample, &result) else { continue }
            result.add(kept, values: values(row: row))
        }
        return result
    }
}
