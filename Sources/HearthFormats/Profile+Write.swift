internal import HearthFiles
public import HearthProfile

extension Profile {
    /// Writes the profile, whole or not at all. Collapsed stacks and speedscope have no values below 0: such samples are left
    /// out. Only pprof can mark thunks; from the others they are left out (``HearthProfile/Profile/showingThunks()`` keeps
    /// them). What else a format does not hold: Docs/Formats.md.
    ///
    /// - Parameters:
    ///   - path: a file, or `-` for standard output. Gzipped where it ends in `.gz`; pprof always is, unless it ends in `.pb`.
    ///   - format: nil goes by the extension.
    ///   - column: the sample type for formats that hold one; nil is the default one.
    ///   - splitBy: a label, whose values become profiles of their own in the file, such as `thread`; speedscope alone has that.
    /// - Throws: ``ProfileWriteError``. Nothing is then left under the path.
    public func write(
        to path: String, format: ProfileFormat? = nil, column: Int? = nil, splitBy: String? = nil
    ) throws(ProfileWriteError) {
        guard let format = format ?? ProfileFormat(path: path) else { throw .unknownExtension(path: path) }
        guard format.canBeWritten else { throw .cannotBeWritten(format) }
        guard splitBy == nil || format.canBeSplit else { throw .cannotBeSplit(format) }
        let file = try Self.reportingFile { () throws(FileError) in try AtomicFile(path: path) }
        func write(_ bytes: [UInt8]) throws(ProfileWriteError) {
            try Self.reportingFile { () throws(FileError) in try file.write(bytes) }
        }
        if Self.isGzipped(path, format) {
            guard let gzip = Deflate() else { throw .tooLarge(format) }
            func compress(_ bytes: [UInt8], isLast: Bool) throws(ProfileWriteError) {
                guard let compressed = gzip.compress(bytes, isLast: isLast) else { throw .tooLarge(format) }
                try write(compressed)
            }
            try encode(format, column: column, splitBy: splitBy, name: path) { (bytes) throws(ProfileWriteError) in
                try compress(bytes, isLast: false)
            }
            try compress([], isLast: true)
        } else {
            try encode(format, column: column, splitBy: splitBy, name: path, to: write)
        }
        try Self.reportingFile { () throws(FileError) in try file.commit() }
    }

    /// The file as bytes, as `write` writes it, pprof gzipped. O(bytes).
    public func encoded(
        as format: ProfileFormat, column: Int? = nil, splitBy: String? = nil
    ) throws(ProfileWriteError) -> [UInt8] {
        guard format.canBeWritten else { throw .cannotBeWritten(format) }
        guard splitBy == nil || format.canBeSplit else { throw .cannotBeSplit(format) }
        var bytes: [UInt8] = []
        try encode(format, column: column, splitBy: splitBy, name: "profile") { (part) throws(ProfileWriteError) in
            bytes += part
        }
        guard format == .pprof else { return bytes }
        guard let compressed = Deflate.gzip(bytes) else { throw .tooLarge(format) }
        return compressed
    }

    /// Whether a file of this name is written as gzip.
    private static func isGzipped(_ path: String, _ format: ProfileFormat) -> Bool {
        let name = path.lowercased()
        return name.hasSuffix(".gz") || format == .pprof && !name.hasSuffix(".pb")
    }

    /// The plain bytes, in pieces.
    private func encode(
        _ format: ProfileFormat, column: Int?, splitBy: String?, name: String,
        to sink: ([UInt8]) throws(ProfileWriteError) -> Void
    ) throws(ProfileWriteError) {
        switch format {
        case .collapsed:
            let shown = min(max(column ?? defaultSampleType, 0), sampleTypes.count - 1)
            try CollapsedWriter(hidingThunks(), column: shown).write(to: sink)
        case .pprof:
            try PprofWriter(self).write(to: sink)
        case .speedscope:
            let title = name.split(separator: "/").last.map(String.init) ?? name
            try SpeedscopeWriter(hidingThunks(), splitBy: splitBy).write(name: title, to: sink)
        case .perfScript:
            throw .cannotBeWritten(format)
        }
    }

    private static func reportingFile<Result>(
        _ body: () throws(FileError) -> Result
    ) throws(ProfileWriteError) -> Result {
        do {
            return try body()
        } catch {
            throw .file(error)
        }
    }
}
