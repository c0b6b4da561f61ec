internal import HearthFormats
internal import HearthProfile

/// How much of a profile goes into one push.
struct PieceLimits {
    var samples = 16_000
    /// Of the pprof, before it is compressed.
    var bytes = 2_000_000
    var depth = 1_000
}

extension Profile {
    /// The profile as gzipped pprofs within the limits: its samples one after the other, cut where one is full. Each begins a
    /// nanosecond after the one before, so that none is taken for another's repetition. O(samples × log pieces).
    func pieces(_ limits: PieceLimits) throws(ProfileWriteError) -> [[UInt8]] {
        let shallow = cutting(depth: limits.depth)
        var pieces: [[UInt8]] = []
        var waiting: [Range<Int>] = stride(from: 0, to: shallow.samples.count, by: limits.samples).map {
            $0..<min($0 + limits.samples, shallow.samples.count)
        }
        waiting.reverse()
        while let rows = waiting.popLast() {
            var part = rows.count == shallow.samples.count ? shallow : shallow.taking(rows)
            if startTime > 0 { part.startTime = startTime + Int64(pieces.count) }
            let bytes = try part.encoded(as: .pprof)
            if Self.uncompressedSize(bytes) > limits.bytes, rows.count > 1 {
                let middle = rows.lowerBound + rows.count / 2
                waiting += [middle..<rows.upperBound, rows.lowerBound..<middle]
            } else {
                pieces.append(bytes)
            }
        }
        return pieces
    }

    /// As the last four bytes of a gzip stream say.
    private static func uncompressedSize(_ gzip: [UInt8]) -> Int {
        gzip.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private func taking(_ rows: Range<Int>) -> Profile {
        var row = -1
        return mapSamples { sample, _ in
            row += 1
            return rows.contains(row) ? sample : nil
        }
    }

    /// Deep stacks without their middle: the root half says where they belong, the leaf half what ran.
    func cutting(depth limit: Int) -> Profile {
        var depths = [0]
        depths.reserveCapacity(stacks.count)
        for index in 1..<max(stacks.count, 1) { depths.append(depths[Int(stacks.parents[index].rawValue)] + 1) }
        guard samples.contains(where: { depths[Int($0.stack.rawValue)] > limit }) else { return self }
        var moved: [StackID: StackID] = [:]
        return mapSamples { sample, profile in
            guard depths[Int(sample.stack.rawValue)] > limit else { return sample }
            var sample = sample
            let stack = sample.stack
            if let known = moved[stack] {
                sample.stack = known
                return sample
            }
            let frames = Array(stacks.framesLeafFirst(stack))
            let half = (limit - 1) / 2
            let middle = profile.intern(frameNamed: "[frames left out]", kind: .marker)
            let kept = frames.suffix(half).reversed() + [middle] + frames.prefix(limit - 1 - half).reversed()
            let new = profile.stack(rootFirst: kept)
            moved[stack] = new
            sample.stack = new
            return sample
        }
    }
}
