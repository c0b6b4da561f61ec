internal import HearthFiles
internal import HearthProfile

/// The images that were asked for last. Not thread-safe.
struct SymbolCache: ~Copyable {
    private struct Entry {
        var symbols: ImageSymbols
        var lastUse: UInt64
    }

    private var entries: [String: Entry] = [:]
    private var clock: UInt64 = 0

    /// What is known of an image, or what `load` finds. A failure is not kept: the file may come later.
    mutating func symbols(of image: Image, load: () -> ImageSymbols?) -> ImageSymbols? {
        clock += 1
        let key = image.buildID.isEmpty ? image.path : image.buildID
        if let known = entries[key], isCurrent(known.symbols, image) {
            entries[key]?.lastUse = clock
            return known.symbols
        }
        guard let loaded = load() else { return nil }
        entries[key] = Entry(symbols: loaded, lastUse: clock)
        return loaded
    }

    /// Drops what was not used for longest until the rest takes no more than `limit` bytes.
    mutating func shrink(to limit: Int) {
        var size = entries.values.reduce(0) { $0 + $1.symbols.memorySize }
        while size > limit, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            size -= oldest.value.symbols.memorySize
            entries[oldest.key] = nil
        }
    }

    /// A build-id names a content for ever; a path is good as long as the same file is there.
    private func isCurrent(_ symbols: ImageSymbols, _ image: Image) -> Bool {
        guard image.buildID.isEmpty, let identity = symbols.identity else { return true }
        return MappedFile(path: image.path)?.identity == identity
    }
}
