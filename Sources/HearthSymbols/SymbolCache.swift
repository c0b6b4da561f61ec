internal import HearthFiles
internal import HearthProfile

/// The images that were asked for last. Not thread-safe.
struct SymbolCache: ~Copyable {
    private struct Entry {
        var frames: ImageFrames
        var lastUse: UInt64
    }

    private var entries: [String: Entry] = [:]
    private var clock: UInt64 = 0

    /// What is known of an image, or what `load` finds. A failure is not kept: the file may come later.
    mutating func frames(
        of image: Image, load: () -> Result<ImageFrames, SymbolProblem.Failure>
    ) -> Result<ImageFrames, SymbolProblem.Failure> {
        clock += 1
        let key = image.buildID.isEmpty ? image.path : image.buildID
        if let known = entries[key], isCurrent(known.frames, image) {
            entries[key]?.lastUse = clock
            return .success(known.frames)
        }
        let loaded = load()
        if case .success(let frames) = loaded { entries[key] = Entry(frames: frames, lastUse: clock) }
        return loaded
    }

    /// Drops what was not used for longest until the rest takes no more than `limit` bytes.
    mutating func shrink(to limit: Int) {
        var size = entries.values.reduce(0) { $0 + $1.frames.memorySize }
        while size > limit, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            size -= oldest.value.frames.memorySize
            entries[oldest.key] = nil
        }
    }

    /// Calls `body` with every image that something new was learnt of.
    func visitNews(_ body: (_ buildID: String, ImageFrames) -> Void) {
        for (key, entry) in entries where entry.frames.hasNews { body(key, entry.frames) }
    }

    /// A build-id names a content for ever; a path is good as long as the same file is there.
    private func isCurrent(_ frames: ImageFrames, _ image: Image) -> Bool {
        guard image.buildID.isEmpty, let file = frames.file else { return true }
        return MappedFile(path: file.path)?.identity == file.identity
    }
}
